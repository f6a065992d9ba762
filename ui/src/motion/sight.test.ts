// @vitest-environment jsdom
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openMotion } from "../actions/motion";
import { FakeEngine, fakeCamera } from "../connection/fake";
import type { MotionSettings, Observation, ObservedThing, ThingVerdict } from "../protocol";
import { App } from "../state/app.svelte";
import { foregroundAlpha } from "./foreground";
import SightLayer from "./SightLayer.svelte";
import SightList from "./SightList.svelte";
import { thingText } from "./texts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const CAMERA = fakeCamera(1).address;
const NOTHING: MotionSettings = { mode: "on", zones: [], masks: [], lines: [] };

function thing(verdict: ThingVerdict): ObservedThing {
  const path = [
    { x: 0.2, y: 0.3 },
    { x: 0.3, y: 0.3 },
  ];
  return { id: 7, from: { x: 0.2, y: 0.2 }, to: { x: 0.4, y: 0.3 }, path, verdict };
}

function observation(things: ObservedThing[] = [], foreground = ""): Observation {
  return { time: 1, width: 4, height: 2, foreground, things };
}

async function opened() {
  const engine = new FakeEngine([fakeCamera(1)]);
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  openMotion.run(app, CAMERA);
  const { draft, sight } = app.motion;
  if (draft === null) throw new Error("not opened");
  const list = mount(SightList, { target: document.body, props: { sight, draft } });
  flushSync();
  await vi.advanceTimersByTimeAsync(300);
  const asked = () => engine.received.flatMap((it) => (it.kind === "observe" ? [it] : []));
  const see = (observation: Observation) => {
    const subscription = asked().at(-1)?.subscription ?? 0;
    engine.say({ kind: "observation", subscription, observation });
    flushSync();
  };
  return { app, asked, draft, engine, list, see };
}

const text = () => document.body.textContent ?? "";

test("what is seen is told in words, until nothing is looked at any more", async () => {
  const { asked, list, see } = await opened();
  expect(asked()).toMatchObject([{ camera: CAMERA, settings: { zones: [] } }]);
  expect(text()).toContain("No picture is being looked at.");
  see(observation());
  expect(text()).toContain("Nothing stands out.");
  see(observation([], "gAA="));
  expect(text()).toContain("What stands out is not followed yet.");
  see(observation([thing({ kind: "told", zone: 0 })]));
  expect(text()).toContain("Thing 7, 2 % of the picture: ✓ told");
  await vi.advanceTimersByTimeAsync(5000);
  flushSync();
  expect(text()).toContain("No picture is being looked at.");
  await unmount(list);
});

test("it is judged by what somebody changes, once that rests", async () => {
  const { asked, draft, engine, list } = await opened();
  draft.add("zone");
  flushSync();
  draft.changeZone({ minSize: 0.5 });
  flushSync();
  expect(asked()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(300);
  expect(asked()).toHaveLength(2);
  expect(asked()[1]?.settings.zones).toMatchObject([{ minSize: 0.5 }]);
  const ended = () => engine.received.flatMap((it) => (it.kind === "unsubscribe" ? [it] : []));
  expect(ended().map(({ subscription }) => subscription)).toContain(asked()[0]?.subscription);
  await unmount(list);
  expect(ended().map(({ subscription }) => subscription)).toContain(asked()[1]?.subscription);
});

test("who does not want to see it is not shown it, and a refusal is said", async () => {
  const { app, asked, engine, list, see } = await opened();
  see(observation([thing({ kind: "elsewhere" })]));
  document.querySelector<HTMLInputElement>("input")?.click();
  flushSync();
  expect(app.motion.sight.seen).toBeNull();
  expect(text()).not.toContain("Thing");
  document.querySelector<HTMLInputElement>("input")?.click();
  flushSync();
  await vi.advanceTimersByTimeAsync(300);
  const subscription = asked().at(-1)?.subscription ?? 0;
  const failure = { code: "tooMany", message: "Too many." } as const;
  engine.say({ kind: "unsubscribed", subscription, failure });
  flushSync();
  expect(text()).toContain("▲ Too many.");
  await unmount(list);
});

test("it is observed in the next session, too", async () => {
  const { asked, engine, list } = await opened();
  engine.drop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(engine.dialled).toBe(2);
  expect(asked()).toHaveLength(1);
  await unmount(list);
});

test("why something is not told says the zone where there are several", () => {
  const zone = { name: "Door", corners: null } as MotionSettings["zones"][number];
  const several = { ...NOTHING, zones: [{ ...zone, name: "" }, zone] };
  const refused = thing({ kind: "refused", zone: 1, reason: "brief" });
  const small = thing({ kind: "refused", zone: 0, reason: "small" });
  expect(thingText(several, refused)).toMatch(/: not there for long enough · Door$/);
  expect(thingText(several, small)).toMatch(/: too small · Zone 1$/);
  expect(thingText(NOTHING, small)).toMatch(/: too small$/);
  expect(thingText(several, thing({ kind: "told", zone: 1 }))).toMatch(/: ✓ Door$/);
  expect(thingText(several, thing({ kind: "masked" }))).toMatch(/: under a mask$/);
});

test("bits are pixels, the first in the highest", () => {
  expect([...foregroundAlpha(observation([], "gQ=="))]).toEqual([255, 0, 0, 0, 0, 0, 0, 255]);
  expect([...foregroundAlpha(observation())]).toEqual(new Array(8).fill(0));
});

test("things are framed where they are", async () => {
  const seen = observation([thing({ kind: "told", zone: 0 })], "gQ==");
  // There is nothing to draw on here.
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  const props = { seen, settings: NOTHING };
  const layer = mount(SightLayer, { target: document.body, props });
  flushSync();
  const frame = document.querySelector<HTMLElement>(".thing");
  expect(frame?.classList.contains("told")).toBe(true);
  expect(frame?.style.left).toBe("20%");
  expect(frame?.textContent).toBe("✓ told");
  expect(document.querySelector("polyline")?.getAttribute("points")).toBe("0.2,0.3 0.3,0.3");
  await unmount(layer);
});
