import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UNITS } from "../connection/fake";
import { planesOf } from "../connection/picture";
import { MEDIA_HEADER_BYTES, type UnitFormat } from "../protocol";
import { FakeFrame, FakeVideoDecoder, fakeHeader, fakeOutlet } from "./fake";
import { UnitDecoder } from "./unit-decoder";

const TILE = { width: 8, height: 4 };
const KEY = { isKey: true };

beforeEach(() => {
  FakeVideoDecoder.last = null;
  FakeVideoDecoder.made = 0;
  vi.stubGlobal("VideoDecoder", FakeVideoDecoder);
  vi.stubGlobal("EncodedVideoChunk", function (this: object, init: object) {
    Object.assign(this, init);
  });
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A message with a unit that has its parameter sets. */
function unit(): ArrayBuffer {
  const message = new ArrayBuffer(MEDIA_HEADER_BYTES + 8);
  new Uint8Array(message, MEDIA_HEADER_BYTES).set([0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 9]);
  return message;
}

function opened(change: Partial<UnitFormat> = {}, tile = TILE) {
  const heard = fakeOutlet();
  const decoder = new UnitDecoder({ ...UNITS, ...change }, tile, heard.outlet);
  return { decoder, ...heard };
}

function last(): FakeVideoDecoder {
  if (FakeVideoDecoder.last === null) throw new Error("no decoder was made");
  return FakeVideoDecoder.last;
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("begins with a key frame, and says of what came before that nothing will come of it", () => {
  const { decoder, unusable } = opened();
  decoder.decode(fakeHeader(1), unit());
  expect([FakeVideoDecoder.made, unusable]).toEqual([0, [1]]);
  decoder.decode(fakeHeader(2, KEY), unit());
  decoder.decode(fakeHeader(3), unit());
  expect(last().config?.codec).toBe("avc1.42c01f");
  expect(last().chunks.map(({ type, timestamp }) => [type, timestamp])).toEqual([
    ["key", 80_000],
    ["delta", 120_000],
  ]);
  expect(new Uint8Array(last().chunks[0]?.data as ArrayBuffer).length).toBe(8);
});

test("what is only built on is decoded, and not shown", async () => {
  const { decoder, shown } = opened();
  decoder.decode(fakeHeader(1, { ...KEY, isShown: false }), unit());
  decoder.decode(fakeHeader(2), unit());
  const frames = [1, 2].map((it) => new FakeFrame({ timestamp: it * 40_000 }));
  for (const frame of frames) last().give(frame);
  await settled();
  expect(shown.map(({ sequence }) => sequence)).toEqual([2]);
  for (const frame of frames) expect(frame.close).toHaveBeenCalledOnce();
});

test.each(["I420", "NV12", "I422", "I444", "I420P10"] as const)(
  "makes planes of %s, in its size and in the tile's",
  async (format) => {
    for (const [tile, size] of [
      [
        { width: 100, height: 100 },
        { width: 9, height: 5 },
      ],
      [
        { width: 4, height: 4 },
        { width: 4, height: 2 },
      ],
    ] as const) {
      const { decoder, shown } = opened({}, tile);
      decoder.decode(fakeHeader(1, KEY), unit());
      last().give(new FakeFrame({ timestamp: 40_000, format, width: 9, height: 5 }));
      await settled();
      const [picture] = shown;
      expect(picture?.format).toMatchObject({ ...size, sourceWidth: 9, sourceHeight: 5 });
      const message = picture?.content as ArrayBuffer;
      planesOf(size).forEach(({ width, height, offset }, i) => {
        const samples = [...new Uint8Array(message, offset, width * height)];
        expect(samples).toEqual(Array(width * height).fill(FakeFrame.codes[i]));
      });
    }
  },
);

test("shape and colours are the stream's, then the frame's, then as custom has it", async () => {
  const cases: [Partial<UnitFormat>, Partial<VideoColorSpaceInit>, object][] = [
    [{}, {}, { matrix: "bt709", range: "limited", displayAspect: { num: 8, den: 4 } }],
    [{}, { matrix: "smpte170m", fullRange: true }, { matrix: "bt601", range: "full" }],
    [
      { matrix: "bt2020", range: "full" },
      { matrix: "smpte170m", fullRange: false },
      { matrix: "bt2020", range: "full" },
    ],
    [{}, { matrix: null, fullRange: null }, { matrix: "bt601", range: "limited" }],
    [
      { sampleAspect: { num: 4, den: 3 }, rotation: 90 },
      {},
      { displayAspect: { num: 32, den: 12 }, rotation: 90 },
    ],
  ];
  for (const [change, colorSpace, expected] of cases) {
    const { decoder, shown } = opened(change);
    decoder.decode(fakeHeader(1, KEY), unit());
    last().give(new FakeFrame({ timestamp: 40_000, colorSpace }));
    await settled();
    expect(shown[0]?.format).toMatchObject(expected);
  }
});

test("says the format once", async () => {
  const { decoder, shown } = opened();
  for (const sequence of [1, 2]) {
    decoder.decode(fakeHeader(sequence, KEY), unit());
    last().give(new FakeFrame({ timestamp: sequence * 40_000 }));
    await settled();
  }
  decoder.tile = { width: 4, height: 4 };
  decoder.decode(fakeHeader(3), unit());
  last().give(new FakeFrame({ timestamp: 120_000 }));
  await settled();
  expect(shown.map(({ format }) => format?.width)).toEqual([8, undefined, 4]);
});

test("while one is copied only the newest of the others waits", async () => {
  const { decoder, shown } = opened();
  const frames = [1, 2, 3].map((it) => new FakeFrame({ timestamp: it * 40_000 }));
  for (const sequence of [1, 2, 3])
    decoder.decode(fakeHeader(sequence, { isKey: sequence === 1 }), unit());
  for (const frame of frames) last().give(frame);
  await settled();
  expect(shown.map(({ sequence }) => sequence)).toEqual([1, 3]);
  for (const frame of frames) expect(frame.close).toHaveBeenCalledOnce();
});

test("after a failure it waits for a key frame, and gives up after three without a picture", async () => {
  const { decoder, outlet, unusable } = opened();
  decoder.decode(fakeHeader(1, KEY), unit());
  last().fail();
  decoder.decode(fakeHeader(2), unit());
  expect([FakeVideoDecoder.made, unusable]).toEqual([1, [1, 2]]);
  decoder.decode(fakeHeader(3, KEY), unit());
  last().give(new FakeFrame({ timestamp: 120_000 }));
  await settled();
  for (const sequence of [4, 5]) {
    decoder.decode(fakeHeader(sequence, KEY), unit());
    last().fail();
  }
  expect(outlet.failed).not.toHaveBeenCalled();
  decoder.decode(fakeHeader(6, KEY), unit());
  last().fail();
  expect(outlet.failed).toHaveBeenCalledOnce();
});

test("gives up at once what the browser says it does not support", () => {
  const { decoder, outlet } = opened();
  decoder.decode(fakeHeader(1, KEY), unit());
  last().fail("NotSupportedError");
  expect(outlet.failed).toHaveBeenCalledOnce();
});

test("a decoder that swallows everything is begun anew", () => {
  const { decoder } = opened();
  for (let sequence = 1; sequence <= 51; sequence++) {
    decoder.decode(fakeHeader(sequence, { isKey: sequence === 1 }), unit());
  }
  expect(last().state).toBe("closed");
  decoder.decode(fakeHeader(52, KEY), unit());
  expect(FakeVideoDecoder.made).toBe(2);
});

test("one that has much to do is left to it", () => {
  const { decoder } = opened();
  decoder.decode(fakeHeader(1, KEY), unit());
  last().decodeQueueSize = 70;
  for (let sequence = 2; sequence <= 80; sequence++) decoder.decode(fakeHeader(sequence), unit());
  expect(last().state).toBe("configured");
});

test("begins anew where the stream says another profile, and not with every key frame", () => {
  const { decoder } = opened();
  decoder.decode(fakeHeader(1, KEY), unit());
  decoder.decode(fakeHeader(2, KEY), unit());
  expect(FakeVideoDecoder.made).toBe(1);
  const other = unit();
  new Uint8Array(other)[MEDIA_HEADER_BYTES + 4] = 0x64;
  decoder.decode(fakeHeader(3, KEY), other);
  expect(FakeVideoDecoder.made).toBe(2);
  expect(last().config?.codec).toBe("avc1.64c01f");
});

test.each([{ format: "RGBA" }, { format: "I444", colorSpace: { matrix: "rgb" } }] as const)(
  "gives up what has no luma: %o",
  (change) => {
    const { decoder, outlet, shown } = opened();
    decoder.decode(fakeHeader(1, KEY), unit());
    const frame = new FakeFrame({ timestamp: 40_000, ...change });
    last().give(frame);
    expect(outlet.failed).toHaveBeenCalledOnce();
    expect([shown, frame.close.mock.calls.length]).toEqual([[], 1]);
  },
);

test("closing ends the decoder", () => {
  const { decoder } = opened();
  decoder.decode(fakeHeader(1, KEY), unit());
  decoder.close();
  expect(last().state).toBe("closed");
});
