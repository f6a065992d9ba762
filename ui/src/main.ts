import "./styles/base.css";
import "./styles/tokens.css";
import { mount } from "svelte";
import { BrowserDoor } from "./connection/browser";
import { DesktopDoor } from "./connection/desktop";
import { getLocale, overwriteGetLocale } from "./messages/generated/runtime.js";
import Root from "./Root.svelte";
import { App } from "./state/app.svelte";

// `vite build --mode pseudo` shows which texts do not come from the messages, or do not fit.
if (import.meta.env.MODE === "pseudo") overwriteGetLocale(() => "en-XA");
document.documentElement.lang = getLocale();

const app = new App(DesktopDoor.isHere() ? new DesktopDoor() : new BrowserDoor(window));
mount(Root, { target: document.body, props: { app } });
app.start();
