// @vitest-environment jsdom
import { readFileSync } from "node:fs";
import { flushSync, mount, unmount } from "svelte";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { Camera, Command, Outcome, Settings } from "../protocol";
import { App } from "../state/app.svelte";
import { FakeKeyboard, fakeDialogs } from "./fake";

interface Task {
  task: string;
  steps: { keys: string[]; check: string }[];
}

/** What can be done with a keyboard alone. The same keys are pressed in a real browser. */
const TASKS: Task[] = JSON.parse(readFileSync("../tests/keyboard/tasks.json", "utf8"));

const keyboard = new FakeKeyboard();
let page: object;

// One after another, in one page that begins without a camera.
beforeAll(async () => {
  vi.useFakeTimers();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal("matchMedia", () => new EventTarget());
  HTMLCanvasElement.prototype.getContext = () => null;
  Element.prototype.scrollIntoView = () => {};
  fakeDialogs();
  const engine = new FakeEngine();
  engine.answer = (command) => obey(engine, command);
  // It asks the browser for its colours as soon as it is there.
  const { default: Root } = await import("../Root.svelte");
  const app = new App(engine, engine.dial);
  app.start();
  page = mount(Root, { target: document.body, props: { app } });
  await settle();
});
afterAll(async () => {
  await unmount(page);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each(TASKS)("$task", async ({ steps }) => {
  for (const { keys, check } of steps) {
    for (const key of keys) {
      await keyboard.press(key);
      await settle();
    }
    expect(new Function(`return ${check}`)(), check).toBe(true);
  }
});

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
}

const known: Camera[] = [];

/** As a server does, of which nobody else asks anything. */
function obey(engine: FakeEngine, command: Command): Outcome {
  const nothing: Outcome = { kind: "done", reply: { kind: "nothing" } };
  const put = (camera: Camera) =>
    engine.say({ kind: "update", update: { kind: "camera", camera } });
  const named = ({ camera }: Camera["address"]) => known[camera - 1] as Camera;
  switch (command.kind) {
    case "addCamera": {
      const number = known.length + 1;
      const camera = { ...fakeCamera(number), name: command.camera.name };
      known.push(camera);
      put(camera);
      return { kind: "done", reply: { kind: "camera", camera } };
    }
    case "renameCamera":
      put({ ...named(command.camera), name: command.name });
      return nothing;
    case "removeCamera":
      engine.say({ kind: "update", update: { kind: "cameraRemoved", camera: command.camera } });
      return nothing;
    case "restoreCamera":
      put(named(command.camera));
      return nothing;
    case "setSettings":
      tell(engine, command.settings);
      return nothing;
    default:
      return nothing;
  }
}

function tell(engine: FakeEngine, settings: Settings): void {
  engine.say({ kind: "update", update: { kind: "settings", settings } });
}
