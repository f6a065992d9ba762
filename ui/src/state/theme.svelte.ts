import { MediaQuery } from "svelte/reactivity";
import type { Theme } from "../protocol";

export type ShownTheme = Exclude<Theme, "system">;

const wantsContrast = new MediaQuery("(prefers-contrast: more)");
const wantsLight = new MediaQuery("(prefers-color-scheme: light)");

/** The colours to show, where `system` leaves the choice to the operating system. */
export function shownTheme(theme: Theme): ShownTheme {
  if (theme !== "system") return theme;
  if (wantsContrast.current) return "highContrast";
  return wantsLight.current ? "light" : "dark";
}
