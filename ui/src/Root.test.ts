// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera } from "./connection/fake";
import { App } from "./state/app.svelte";

const STORAGE = "./views/Storage.svelte";

beforeEach(() => {
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
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.doUnmock(STORAGE);
});

async function opened() {
  const engine = new FakeEngine([fakeCamera(1)]);
  // It asks the browser for its colours as soon as it is there.
  const { default: Root } = await import("./Root.svelte");
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  app.screen.view = "storage";
  const page = mount(Root, { target: document.body, props: { app } });
  flushSync();
  await vi.dynamicImportSettled();
  flushSync();
  return { close: () => unmount(page) };
}

test("the storage screen comes when it is opened", async () => {
  const { close } = await opened();
  expect(document.querySelector("main h2")?.textContent).toBe("Volumes");
  await close();
});

test("a screen that does not come from the server says so", async () => {
  vi.doMock(STORAGE, () => {
    throw new TypeError("Failed to fetch");
  });
  const { close } = await opened();
  expect(document.querySelector("main [role=alert]")?.textContent).toContain("did not come");
  await close();
});
