// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeRtspCamera, PROBE } from "../connection/fake";
import type { Command, Outcome } from "../protocol";
import { App } from "../state/app.svelte";
import AddCamera from "./AddCamera.svelte";

const FAILURE = { code: "unreachable", message: "192.168.1.20 does not answer." } as const;
const FOUND: Outcome = { kind: "done", reply: { kind: "probe", probe: PROBE } };

beforeEach(() => {
  vi.useFakeTimers();
  // jsdom has no dialogs.
  HTMLDialogElement.prototype.showModal = () => {};
  HTMLDialogElement.prototype.close = () => {};
});
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

async function opened(answer: Outcome | null) {
  const engine = new FakeEngine();
  const commands: Command[] = [];
  const dialog = { engine, commands, answer, onclose: vi.fn() };
  engine.answer = (command) => {
    commands.push(command);
    if (command.kind === "probeCamera") return dialog.answer;
    if (command.kind !== "addCamera") return { kind: "done", reply: { kind: "nothing" } };
    return { kind: "done", reply: { kind: "camera", camera: fakeRtspCamera(1) } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const props = { app, tile: null, onclose: dialog.onclose };
  const view = mount(AddCamera, { target: document.body, props });
  flushSync();
  return { ...dialog, dialog, close: () => unmount(view) };
}

function field(id: string): HTMLInputElement {
  const found = document.getElementById(id);
  if (!(found instanceof HTMLInputElement)) throw new Error(`no field ${id}`);
  return found;
}

function type(id: string, text: string): void {
  field(id).value = text;
  field(id).dispatchEvent(new InputEvent("input", { bubbles: true }));
  flushSync();
}

/** As Enter does in any field. */
async function send(): Promise<void> {
  document.querySelector("form")?.requestSubmit();
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
}

const status = () => document.querySelector("[role=status]")?.textContent?.trim();
const buttons = () =>
  [...document.querySelectorAll("form button")].map((it) => it.textContent?.trim());

test("Enter tries the camera, and then adds it", async () => {
  const { commands, onclose, close } = await opened(FOUND);
  type("camera-address", " 192.168.1.20/stream1 ");
  type("login-user", "admin");
  type("login-password", "secret");
  expect(buttons()).toEqual(["Try it"]);
  await send();
  const login = { user: "admin", password: "secret" };
  const address = "192.168.1.20/stream1";
  expect(commands).toEqual([{ kind: "probeCamera", address, transport: "tcp", login }]);
  expect(status()).toBe("It works: H264 1920×1080");
  expect(document.querySelector("table")?.textContent).toContain("12.5");
  expect(buttons()).toEqual(["Add"]);
  expect(field("camera-name").value).toBe("192.168.1.20");
  type("camera-name", "Gate");
  expect(buttons()).toEqual(["Add"]);
  await send();
  expect(commands[1]).toMatchObject({ kind: "addCamera", camera: { name: "Gate", login } });
  expect(onclose).toHaveBeenCalledOnce();
  await close();
});

test("nothing is tried without an address", async () => {
  const { commands, close } = await opened(FOUND);
  await send();
  expect(commands).toEqual([]);
  await close();
});

test("says after a second how long it has been trying, and never the password", async () => {
  const { commands, close } = await opened(null);
  type("camera-address", "rtsp://admin:secret@192.168.1.20/stream1");
  await send();
  await vi.advanceTimersByTimeAsync(500);
  flushSync();
  expect(status()).toBe("");
  await vi.advanceTimersByTimeAsync(2750);
  flushSync();
  expect(status()).toBe("Trying 192.168.1.20… 3 s");
  await send();
  expect(commands).toHaveLength(1);
  await close();
});

test("says why it failed, keeps the fields, and adds it anyway if wanted", async () => {
  const { commands, onclose, close } = await opened({ kind: "failed", failure: FAILURE });
  type("camera-address", "192.168.1.20");
  type("login-password", "secret");
  await send();
  expect(status()).toBe(`▲ ${FAILURE.message}`);
  expect(field("camera-address").value).toBe("192.168.1.20");
  expect(field("login-password").value).toBe("secret");
  expect(buttons()).toEqual(["Add anyway", "Try it"]);
  document.querySelector<HTMLButtonElement>("form button[type=button]")?.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(commands[1]).toMatchObject({ kind: "addCamera", camera: { source: { sub: null } } });
  expect(onclose).toHaveBeenCalledOnce();
  await close();
});

test("what is no address is not offered to be added", async () => {
  const failure = { code: "badRequest", message: "This is no address." } as const;
  const { close } = await opened({ kind: "failed", failure });
  type("camera-address", "http://192.168.1.20");
  await send();
  expect(buttons()).toEqual(["Try it"]);
  await close();
});

test.each(["camera-address", "login-user", "login-password"])(
  "what was found counts no more once %s is edited",
  async (id) => {
    const { close } = await opened(FOUND);
    type("camera-address", "192.168.1.20");
    await send();
    expect(buttons()).toEqual(["Add"]);
    type(id, "192.168.1.21");
    expect(buttons()).toEqual(["Try it"]);
    expect(document.querySelector("table")).toBeNull();
    await close();
  },
);

test("an answer that comes after an edit, or after closing, is not for what is there now", async () => {
  const { engine, dialog, close } = await opened(null);
  const answer = (request: number) => engine.say({ kind: "reply", request, outcome: FOUND });
  const lastRequest = () => {
    const last = engine.received.findLast((it) => it.kind === "command");
    return last?.kind === "command" ? last.request : 0;
  };
  type("camera-address", "192.168.1.20");
  await send();
  const first = lastRequest();
  type("camera-address", "192.168.1.21");
  answer(first);
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
  expect(buttons()).toEqual(["Try it"]);
  await send();
  await close();
  answer(lastRequest());
  await vi.advanceTimersByTimeAsync(0);
  expect(dialog.onclose).not.toHaveBeenCalled();
});
