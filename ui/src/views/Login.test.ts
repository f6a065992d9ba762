// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeRtspCamera } from "../connection/fake";
import type { Command, Outcome } from "../protocol";
import { App } from "../state/app.svelte";
import Login from "./Login.svelte";

beforeEach(() => {
  vi.useFakeTimers();
  // jsdom has no dialogs.
  HTMLDialogElement.prototype.showModal = () => {};
  HTMLDialogElement.prototype.close = () => {};
});
afterEach(() => {
  vi.useRealTimers();
});

async function opened(answer: Outcome) {
  const camera = fakeRtspCamera(1);
  const engine = new FakeEngine([camera]);
  const commands: Command[] = [];
  engine.answer = (command) => {
    commands.push(command);
    return answer;
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  const onclose = vi.fn();
  const props = { app, camera: camera.address, onclose };
  const view = mount(Login, { target: document.body, props });
  flushSync();
  return { camera: camera.address, commands, onclose, close: () => unmount(view) };
}

async function send(user: string, password: string): Promise<void> {
  for (const [id, text] of Object.entries({ "login-user": user, "login-password": password })) {
    const field = document.getElementById(id) as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  flushSync();
  document.querySelector("form")?.requestSubmit();
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
}

test("sends the login and closes", async () => {
  const { camera, commands, onclose, close } = await opened({
    kind: "done",
    reply: { kind: "nothing" },
  });
  await send(" admin ", " secret ");
  const login = { user: "admin", password: " secret " };
  expect(commands).toEqual([{ kind: "setPassword", camera, ...login }]);
  expect(onclose).toHaveBeenCalledOnce();
  await close();
});

test.each([
  ["", ""],
  ["admin", ""],
  ["", "secret"],
])("sends nothing by halves: %j and %j", async (user, password) => {
  const { commands, close } = await opened({ kind: "done", reply: { kind: "nothing" } });
  await send(user, password);
  expect(commands).toEqual([]);
  await close();
});

test("says what the server says, and stays", async () => {
  const failure = { code: "storage", message: "The disk is full." } as const;
  const { onclose, close } = await opened({ kind: "failed", failure });
  await send("admin", "secret");
  expect(document.querySelector("[role=status]")?.textContent).toContain(failure.message);
  expect(onclose).not.toHaveBeenCalled();
  await close();
});
