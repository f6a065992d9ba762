import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Decoders } from "../decoding/decoders";
import { FakeWorkshop } from "../decoding/fake";
import { MEDIA_KIND_UNIT } from "../protocol";
import { Connection, type Viewer } from "./connection";
import { FakeEngine, FORMAT, fakeCamera, fakePicture, UNITS } from "./fake";
import type { MediaHeader } from "./header";

const STREAM = { camera: fakeCamera(1).address, role: "main" } as const;
const SIZE = { width: 640, height: 360 };
const ENCODED = { ...FORMAT, delivery: "encoded" } as const;
const JPEG = { ...FORMAT, delivery: "jpeg" } as const;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function subscribed() {
  const engine = new FakeEngine();
  engine.accepted = { accepts: ["encoded", "jpeg"], codecs: ["h264", "mjpeg"] };
  const viewer: Viewer = {
    linkChanged: () => {},
    welcomed: () => {},
    updated: () => {},
    played: () => {},
  };
  const workshops: FakeWorkshop[] = [];
  const decoders = new Decoders(() => {
    workshops.push(new FakeWorkshop());
    return workshops.at(-1) as FakeWorkshop;
  });
  const connection = new Connection(engine, viewer, engine.dial, undefined, decoders);
  connection.start();
  await vi.advanceTimersByTimeAsync(0);
  const taker = { begun: vi.fn(), picture: vi.fn(), refused: vi.fn() };
  const subscription = connection.subscribe(STREAM, SIZE, taker);
  const workshop = () => workshops.at(-1) as FakeWorkshop;
  /** The worker answers the last it was given with a picture. */
  const decode = (format: typeof ENCODED | null, content: ArrayBuffer | ImageBitmap) => {
    const header = workshop().given.at(-1) as MediaHeader;
    const decoder = workshop().orders.at(-1)?.decoder ?? 0;
    workshop().say({ kind: "picture", decoder, header, format, content });
  };
  /** The engine sends a unit of `format`. */
  const unit = (format: number, sequence: number, mediaTime = 0) =>
    engine.sayRaw(
      fakePicture({
        subscription: subscription.number,
        sequence,
        format,
        kind: MEDIA_KIND_UNIT,
        mediaTime,
      }),
    );
  return { engine, connection, taker, subscription, workshop, decode, unit };
}

const content = new ArrayBuffer(8);

test("says what it takes, and has units decoded in the worker", async () => {
  const { engine, taker, subscription, workshop, decode, unit } = await subscribed();
  expect(engine.received.at(-1)).toMatchObject({ kind: "subscribe", ...engine.accepted });
  const format = engine.announceUnits(subscription.number);
  unit(format, 5);
  expect(workshop().orders).toMatchObject([
    { kind: "tile", size: SIZE },
    { kind: "encoding", unit: UNITS },
    { kind: "unit", header: { sequence: 5, isShown: true } },
  ]);
  decode(ENCODED, content);
  expect(taker.picture.mock.lastCall?.[0]).toMatchObject({ format: ENCODED, content });
  subscription.acknowledge(taker.picture.mock.lastCall?.[0].header, 2);
  expect(engine.acknowledged).toMatchObject([{ sequence: 5, drawn: 2000 }]);
});

test("tells what is delivered and why, anew only where it changed", async () => {
  const { engine, subscription, decode, unit } = await subscribed();
  expect(subscription.delivered).toBeNull();
  const format = engine.announceUnits(subscription.number);
  unit(format, 1);
  decode(ENCODED, content);
  const first = subscription.delivered;
  expect(first).toEqual({
    delivery: "encoded",
    reason: "It can.",
    width: 16,
    height: 8,
    sourceWidth: 1920,
    sourceHeight: 1080,
  });
  unit(format, 2);
  decode(null, content);
  expect(subscription.delivered).toBe(first);
  const jpeg = engine.announce(subscription.number, JPEG);
  engine.sayRaw(fakePicture({ subscription: subscription.number, sequence: 3, format: jpeg }));
  decode(null, content);
  expect(subscription.delivered).toMatchObject({ delivery: "jpeg", reason: "Because." });
});

test("has files decoded in the worker, too, and they are what was announced", async () => {
  const { engine, taker, subscription, workshop, decode } = await subscribed();
  const format = engine.announce(subscription.number, JPEG);
  engine.sayRaw(fakePicture({ subscription: subscription.number, sequence: 1, format }, 99));
  expect(workshop().orders.at(-1)).toMatchObject({ kind: "file", header: { sequence: 1 } });
  decode(null, content);
  expect(taker.picture.mock.lastCall?.[0]).toMatchObject({ format: JPEG, content });
});

test("a picture of a format that is over is given back", async () => {
  const { engine, taker, subscription, decode, unit } = await subscribed();
  unit(engine.announceUnits(subscription.number), 1);
  engine.announce(subscription.number, JPEG);
  const bitmap = { close: vi.fn() } as unknown as ImageBitmap;
  decode(ENCODED, bitmap);
  expect(taker.picture).not.toHaveBeenCalled();
  expect(bitmap.close).toHaveBeenCalledOnce();
});

test("what cannot be used is acknowledged and not drawn", async () => {
  const { engine, subscription, workshop, unit } = await subscribed();
  unit(engine.announceUnits(subscription.number), 4);
  const [header] = workshop().given;
  workshop().say({ kind: "unusable", decoder: 1, header: header as MediaHeader });
  expect(engine.acknowledged).toMatchObject([{ sequence: 4, drawn: null }]);
});

test("where the decoder fails it asks again without units, and says why", async () => {
  const { engine, taker, subscription, workshop, decode } = await subscribed();
  const before = subscription.number;
  const stale = engine.announceUnits(before);
  workshop().say({ kind: "failed", decoder: 1 });
  expect(subscription.number).not.toBe(before);
  expect(engine.received.slice(-2)).toMatchObject([
    { kind: "unsubscribe", subscription: before },
    { kind: "subscribe", subscription: subscription.number, accepts: ["jpeg"] },
  ]);
  // What was on its way has no taker.
  const late = { subscription: before, sequence: 9, format: stale, kind: MEDIA_KIND_UNIT };
  engine.sayRaw(fakePicture(late));
  expect(engine.isClosed).toBe(false);
  const format = engine.announce(subscription.number, JPEG);
  engine.sayRaw(fakePicture({ subscription: subscription.number, sequence: 1, format }));
  decode(null, content);
  expect(subscription.delivered?.reason).toBe(
    "This browser does not decode what the camera sends.",
  );
  expect(taker.begun).toHaveBeenCalledTimes(2);
});

test("while the worker is dead that is said, and then it begins anew", async () => {
  const { engine, taker, subscription, workshop } = await subscribed();
  engine.announceUnits(subscription.number);
  workshop().die();
  expect(taker.refused.mock.lastCall?.[0]).toMatchObject({ code: "workerLost" });
  const before = subscription.number;
  await vi.advanceTimersByTimeAsync(0);
  expect(engine.received.slice(-2)).toMatchObject([
    { kind: "unsubscribe", subscription: before },
    { kind: "subscribe", subscription: subscription.number, accepts: ["encoded", "jpeg"] },
  ]);
  expect(taker.begun).toHaveBeenCalledTimes(2);
});

test("seen again, units begin anew, and pictures go on", async () => {
  const { engine, connection, subscription } = await subscribed();
  engine.announce(subscription.number, JPEG);
  connection.refresh();
  expect(engine.received.at(-1)?.kind).toBe("subscribe");
  const before = subscription.number;
  engine.announceUnits(before);
  connection.refresh();
  expect(engine.received.slice(-2)).toMatchObject([
    { kind: "unsubscribe", subscription: before },
    { kind: "subscribe" },
  ]);
});

test("what was seen is not shown again where units begin anew", async () => {
  const { engine, connection, taker, subscription, unit, decode } = await subscribed();
  const show = (format: number, mediaTime: number) => {
    unit(format, mediaTime, mediaTime);
    decode(ENCODED, content);
  };
  const shown = () => taker.picture.mock.calls.map(([it]) => it.header.mediaTime);
  show(engine.announceUnits(subscription.number), 5_000_000);
  connection.refresh();
  const format = engine.announceUnits(subscription.number);
  show(format, 4_900_000);
  expect(shown()).toEqual([5_000_000]);
  expect(engine.acknowledged.at(-1)).toMatchObject({ sequence: 4_900_000, drawn: null });
  show(format, 5_100_000);
  show(format, 5_000_000);
  expect(shown()).toEqual([5_000_000, 5_100_000, 5_000_000]);
});

test("a clock that began anew is followed where units begin anew", async () => {
  const { engine, connection, taker, subscription, unit, decode } = await subscribed();
  unit(engine.announceUnits(subscription.number), 1, 5_000_000);
  decode(ENCODED, content);
  connection.refresh();
  unit(engine.announceUnits(subscription.number), 1, 3_000_000);
  decode(ENCODED, content);
  expect(taker.picture).toHaveBeenCalledTimes(2);
});

test("units that were not announced end the session", async () => {
  const { engine, subscription, unit } = await subscribed();
  const format = engine.announce(subscription.number, JPEG);
  unit(format, 1);
  expect(engine.isClosed).toBe(true);
});

test("the tile's size reaches the worker and the engine", async () => {
  const { engine, subscription, workshop } = await subscribed();
  engine.announceUnits(subscription.number);
  subscription.resize({ width: 320, height: 180 });
  expect(workshop().orders.at(-1)).toMatchObject({ kind: "tile", size: { width: 320 } });
  expect(engine.received.at(-1)).toMatchObject({ kind: "resize", width: 320 });
});

test("an ended subscription ends its decoder", async () => {
  const { engine, connection, subscription, workshop } = await subscribed();
  engine.announceUnits(subscription.number);
  connection.unsubscribe(subscription);
  expect(workshop().orders.at(-1)?.kind).toBe("close");
});

test("what was refused is asked for again, ever later, until a picture comes", async () => {
  const { engine, taker } = await subscribed();
  const failure = { code: "unsupported", message: "Nothing can be decoded." } as const;
  const refuse = () =>
    engine.say({ kind: "unsubscribed", subscription: engine.subscribed.at(-1) ?? 0, failure });
  const asksAfter = async (ms: number) => {
    const before = engine.subscribed.length;
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(engine.subscribed).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(engine.subscribed).toHaveLength(before + 1);
  };
  for (const wait of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    refuse();
    await asksAfter(wait);
  }
  engine.picture(engine.subscribed.at(-1) ?? 0, 1, 5);
  expect(taker.picture).toHaveBeenCalledOnce();
  refuse();
  await asksAfter(1000);
});
