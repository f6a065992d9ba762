import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MEDIA_HEADER_BYTES, MEDIA_KIND_SOUND } from "../protocol";
import { nowMs } from "./clock";
import { Connection, type Link, type Viewer } from "./connection";
import { FakeEngine, FORMAT, fakeCamera, fakePicture } from "./fake";
import { Retry } from "./retry";
import type { Taker } from "./subscription";

const STREAM = { camera: fakeCamera(1).address, role: "main" } as const;
const SIZE = { width: 640, height: 360 };

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function connected(engine = new FakeEngine()) {
  const links: Link[] = [];
  const viewer: Viewer = {
    linkChanged: (link) => links.push(link),
    welcomed: () => {},
    updated: () => {},
    played: () => {},
  };
  const connection = new Connection(engine, viewer, engine.dial, new Retry(() => 0));
  connection.start();
  await settle();
  return { engine, connection, links };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

function taker() {
  return { begun: vi.fn(), picture: vi.fn(), refused: vi.fn() } satisfies Taker;
}

test("says hello with the ticket and the version, and keeps the key", async () => {
  const { engine, links } = await connected();
  expect(engine.received[0]).toEqual({ kind: "hello", version: 1, ticket: "ticket" });
  expect(engine.remembered).toBe("key");
  expect(links).toEqual([{ kind: "open" }]);
});

test("subscribes, hands on pictures and acknowledges each once", async () => {
  const { engine, connection } = await connected();
  const sink = taker();
  const subscription = connection.subscribe(STREAM, SIZE, sink);
  expect(engine.received[1]).toMatchObject({ kind: "subscribe", ...SIZE, ...engine.accepted });
  engine.picture(subscription.number, 1, 5);
  const picture = sink.picture.mock.lastCall?.[0];
  expect(picture).toMatchObject({ format: FORMAT });
  subscription.acknowledge(picture.header, 1234.5678);
  subscription.acknowledge(picture.header, 1300);
  expect(engine.acknowledged).toEqual([
    { kind: "acknowledge", subscription: subscription.number, sequence: 1, drawn: 1234568 },
  ]);
});

test("sends a size only when it changed", async () => {
  const { engine, connection } = await connected();
  const subscription = connection.subscribe(STREAM, SIZE, taker());
  subscription.resize({ ...SIZE });
  subscription.resize({ width: 320, height: 180 });
  expect(engine.received.filter(({ kind }) => kind === "resize")).toHaveLength(1);
});

test("reconnects at once, then ever more slowly, and for ever", async () => {
  const { engine, links } = await connected();
  engine.ticket = null;
  engine.drop();
  await settle();
  for (const wait of [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]) {
    const before = links.length;
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(links).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(links).toHaveLength(before + 1);
  }
  expect(links.at(-1)).toEqual({ kind: "away", failure: engine.closed });
  engine.ticket = "next";
  await vi.advanceTimersByTimeAsync(5000);
  expect(links.at(-1)).toEqual({ kind: "open" });
});

test("asks again for everything subscribed, and nothing of the last session counts", async () => {
  const { engine, connection } = await connected();
  const sink = taker();
  const kept = connection.subscribe(STREAM, SIZE, sink);
  const left = connection.subscribe(STREAM, SIZE, taker());
  connection.unsubscribe(left);
  engine.picture(kept.number, 41);
  engine.drop();
  kept.resize({ width: 100, height: 50 });
  await settle();
  expect(engine.dialled).toBe(2);
  expect(engine.received).toMatchObject([
    { kind: "hello" },
    { kind: "subscribe", subscription: kept.number, width: 100, height: 50 },
  ]);
  kept.acknowledge(sink.picture.mock.lastCall?.[0].header, 1);
  expect(engine.acknowledged).toEqual([]);
  expect(sink.begun).toHaveBeenCalledTimes(2);
});

test("an ended subscription is not spoken of until it begins again", async () => {
  const { engine, connection } = await connected();
  const sink = taker();
  const subscription = connection.subscribe(STREAM, SIZE, sink);
  const failure = { code: "notVideo", message: "No video." } as const;
  engine.say({ kind: "unsubscribed", subscription: subscription.number, failure });
  expect(sink.refused).toHaveBeenCalledWith(failure, nowMs() + 1000);
  subscription.resize({ width: 1, height: 1 });
  connection.unsubscribe(subscription);
  connection.unsubscribe(subscription);
  await vi.advanceTimersByTimeAsync(2000);
  expect(engine.received.map(({ kind }) => kind)).toEqual(["hello", "subscribe"]);
});

test("unsubscribes once, and has no use for the picture that was on its way", async () => {
  const { engine, connection } = await connected();
  const sink = taker();
  const subscription = connection.subscribe(STREAM, SIZE, sink);
  const format = engine.announce(subscription.number);
  connection.unsubscribe(subscription);
  engine.sayRaw(fakePicture({ subscription: subscription.number, sequence: 1, format }));
  expect(sink.picture).not.toHaveBeenCalled();
  expect(engine.isClosed).toBe(false);
});

test("listens, hands on sound, and asks again in the next session until it is told to stop", async () => {
  const { engine, connection } = await connected();
  const hearer = { begun: vi.fn(), sound: vi.fn(), refused: vi.fn() };
  const listening = connection.listen(STREAM, hearer);
  engine.sound(listening.number, [1, -2, 3], 8000);
  const samples = Int16Array.of(1, -2, 3);
  expect(hearer.sound.mock.lastCall).toEqual([{ rate: 8000, channels: 1, samples, at: 0 }]);
  engine.drop();
  await settle();
  expect(engine.received.at(-1)).toMatchObject({ kind: "listen", subscription: listening.number });
  connection.unlisten(listening);
  connection.unlisten(listening);
  engine.sound(listening.number, [4]);
  expect(engine.received.map(({ kind }) => kind)).toEqual(["hello", "listen", "unsubscribe"]);
  expect(hearer.sound).toHaveBeenCalledTimes(1);
  expect(hearer.begun).toHaveBeenCalledTimes(2);
});

test("sound that is refused is not spoken of until the next session", async () => {
  const { engine, connection } = await connected();
  const hearer = { begun: vi.fn(), sound: vi.fn(), refused: vi.fn() };
  const listening = connection.listen(STREAM, hearer);
  const failure = { code: "unsupported", message: "No." } as const;
  engine.say({ kind: "unsubscribed", subscription: listening.number, failure });
  expect(hearer.refused).toHaveBeenCalledWith(failure);
  connection.unlisten(listening);
  expect(engine.received.map(({ kind }) => kind)).toEqual(["hello", "listen"]);
});

test.each<[string, (engine: FakeEngine, subscription: number) => void]>([
  ["sound at a rate nothing plays", (engine) => engine.sound(engine.listened[0] ?? 0, [1], 7)],
  [
    "half a sample",
    (engine) => {
      const subscription = engine.listened[0] ?? 0;
      engine.say({ kind: "sound", format: 1, subscription, rate: 8000, channels: 2 });
      const header = { subscription, sequence: 1, format: 1, kind: MEDIA_KIND_SOUND };
      engine.sayRaw(fakePicture(header, MEDIA_HEADER_BYTES + 2));
    },
  ],
  ["no JSON", (engine) => engine.sayRaw("{")],
  ["null", (engine) => engine.sayRaw("null")],
  ["an unknown kind", (engine) => engine.sayRaw('{"kind":"surprise"}')],
  ["a short header", (engine) => engine.sayRaw(new ArrayBuffer(8))],
  [
    "an unannounced format",
    (engine, subscription) => engine.sayRaw(fakePicture({ subscription, sequence: 1, format: 99 })),
  ],
  [
    "a format that cannot be",
    (engine, subscription) => engine.announce(subscription, { ...FORMAT, width: -1 }),
  ],
  [
    "too few bytes",
    (engine, subscription) => {
      const format = engine.announce(subscription);
      engine.sayRaw(fakePicture({ subscription, sequence: 1, format }, 100));
    },
  ],
])("leaves, and comes back, when the engine sends %s", async (_, send) => {
  const { engine, connection, links } = await connected();
  connection.subscribe(STREAM, SIZE, taker());
  connection.listen(STREAM, { begun: () => {}, sound: () => {}, refused: () => {} });
  send(engine, engine.subscribed[0] ?? 0);
  await settle();
  expect(engine.dialled).toBe(2);
  expect(links.at(-1)).toEqual({ kind: "open" });
});

test("does not try again with a version that is not the engine's", async () => {
  const { engine, links } = await connected();
  const failure = { code: "wrongVersion", message: "Install the same version." } as const;
  engine.say({ kind: "goodbye", failure });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(engine.dialled).toBe(1);
  expect(links.at(-1)).toEqual({ kind: "refused", failure });
});

test("does not knock again at a door that says so, either", async () => {
  const engine = new FakeEngine();
  engine.ticket = null;
  engine.closed = { code: "wrongVersion", message: "Install the same version." };
  const { links } = await connected(engine);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(links).toEqual([{ kind: "refused", failure: engine.closed }]);
});

test("a ticket may have come too late; two refused are an answer", async () => {
  const engine = new FakeEngine();
  engine.refusal = { code: "notAllowed", message: "This ticket is not good." };
  const { links } = await connected(engine);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(engine.dialled).toBe(2);
  expect(links.at(-1)).toEqual({ kind: "refused", failure: engine.refusal });
});

test("commands fail with a sentence when the session ends first, or there is none", async () => {
  const { engine, connection } = await connected();
  engine.answer = () => null;
  const pending = connection.command({ kind: "statistics" });
  engine.ticket = null;
  engine.drop();
  expect(await pending).toMatchObject({ kind: "failed", failure: { code: "noEngine" } });
  expect(await connection.command({ kind: "statistics" })).toMatchObject({ kind: "failed" });
});

test("leaves an engine that takes nothing", async () => {
  const { engine, connection } = await connected();
  const subscription = connection.subscribe(STREAM, SIZE, taker());
  engine.setUnsent(2 << 20);
  subscription.resize({ width: 1, height: 1 });
  expect(engine.isClosed).toBe(true);
  await settle();
  expect(engine.dialled).toBe(2);
});

test("leaves an engine that has fallen silent, but not one that is just quiet", async () => {
  const { engine } = await connected();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(engine.dialled).toBe(1);
  engine.answer = () => null;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(engine.dialled).toBeGreaterThan(1);
});
