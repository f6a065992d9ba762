import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UNITS } from "../connection/fake";
import { Decoders } from "./decoders";
import { FakeWorkshop, fakeHeader } from "./fake";

const TILE = { width: 320, height: 180 };

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function owner() {
  return {
    picture: vi.fn(),
    unusable: vi.fn(),
    failed: vi.fn(),
    lost: vi.fn(),
    restored: vi.fn(),
  };
}

function started() {
  const workshops: FakeWorkshop[] = [];
  const decoders = new Decoders(() => {
    const workshop = new FakeWorkshop();
    workshops.push(workshop);
    return workshop;
  });
  return { decoders, workshops, newest: () => workshops.at(-1) as FakeWorkshop };
}

test("one worker is started when there is something to do, and hears whose it is", () => {
  const { decoders, workshops, newest } = started();
  expect(workshops).toHaveLength(0);
  const [one, other] = [owner(), owner()];
  decoders.open(one, TILE).begin(UNITS);
  const second = decoders.open(other, TILE);
  second.unit(fakeHeader(7), new ArrayBuffer(32));
  expect(workshops).toHaveLength(1);
  expect(newest().orders.map(({ kind, decoder }) => [kind, decoder])).toEqual([
    ["tile", 1],
    ["encoding", 1],
    ["tile", 2],
    ["unit", 2],
  ]);
  const content = new ArrayBuffer(0);
  newest().say({ kind: "picture", decoder: 2, header: fakeHeader(7), format: null, content });
  newest().say({ kind: "unusable", decoder: 1, header: fakeHeader(8) });
  newest().say({ kind: "failed", decoder: 1 });
  expect(other.picture).toHaveBeenCalledWith(fakeHeader(7), null, content);
  expect(one.unusable).toHaveBeenCalledWith(fakeHeader(8));
  expect([one.failed.mock.calls.length, other.failed.mock.calls.length]).toEqual([1, 0]);
});

test("a picture for nobody is given back", () => {
  const { decoders, newest } = started();
  decoders.open(owner(), TILE).close();
  const content = { close: vi.fn() } as unknown as ImageBitmap;
  newest().say({ kind: "picture", decoder: 1, header: fakeHeader(1), format: null, content });
  expect(content.close).toHaveBeenCalledOnce();
});

test("a worker that dies is started again, ever later until there is a picture", async () => {
  const { decoders, workshops, newest } = started();
  const die = async (wait: number) => {
    const it = owner();
    decoders.open(it, TILE);
    const worker = newest();
    worker.die();
    worker.die();
    expect([worker.isEnded, it.lost.mock.calls.length]).toEqual([true, 1]);
    const before = workshops.length;
    decoders.open(owner(), TILE).begin(UNITS);
    if (wait > 0) await vi.advanceTimersByTimeAsync(wait - 1);
    expect([workshops.length, it.restored.mock.calls.length]).toEqual([before, 0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(it.restored).toHaveBeenCalledOnce();
  };
  for (const wait of [0, 1000, 5000, 5000]) await die(wait);
  decoders.open(owner(), TILE);
  const content = new ArrayBuffer(0);
  newest().say({ kind: "picture", decoder: 999, header: fakeHeader(1), format: null, content });
  await die(0);
});

test("who left meanwhile is not called back", async () => {
  const { decoders, newest } = started();
  const it = owner();
  const decoder = decoders.open(it, TILE);
  newest().die();
  decoder.close();
  await vi.advanceTimersByTimeAsync(0);
  expect(it.restored).not.toHaveBeenCalled();
});
