import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UNITS } from "../connection/fake";
import { MEDIA_HEADER_BYTES } from "../protocol";
import { fakeHeader, fakeOutlet } from "./fake";
import { FileDecoder } from "./file-decoder";

const TILE = { width: 320, height: 180 };

/** The pending calls of `createImageBitmap`. */
let calls: { resolve: (bitmap: object) => void; reject: (reason: Error) => void }[] = [];
let options: unknown[] = [];

beforeEach(() => {
  [calls, options] = [[], []];
  vi.stubGlobal("createImageBitmap", (_: Blob, asked: unknown) => {
    options.push(asked);
    return new Promise((resolve, reject) => calls.push({ resolve, reject }));
  });
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A message with the head of a JPEG file of 1280 × 720. */
function file(): ArrayBuffer {
  const head = [
    0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 2, 208, 5, 0, 1, 1, 0x11, 0,
  ];
  const message = new ArrayBuffer(MEDIA_HEADER_BYTES + head.length);
  new Uint8Array(message, MEDIA_HEADER_BYTES).set(head);
  return message;
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("an engine's files are shown as they are", async () => {
  const { outlet, shown } = fakeOutlet();
  new FileDecoder(null, TILE, outlet).decode(fakeHeader(1), file());
  const bitmap = {};
  calls[0]?.resolve(bitmap);
  await settled();
  expect(shown).toEqual([{ sequence: 1, format: null, content: bitmap }]);
  expect(options[0]).not.toHaveProperty("resizeWidth");
});

test("a camera's files are made to fit the tile, and what they are is said once", async () => {
  const { outlet, shown } = fakeOutlet();
  const decoder = new FileDecoder({ ...UNITS, codec: "mjpeg", rotation: 180 }, TILE, outlet);
  for (const sequence of [1, 2]) {
    decoder.decode(fakeHeader(sequence), file());
    calls.at(-1)?.resolve({});
    await settled();
  }
  expect(options[0]).toMatchObject({ resizeWidth: 320, resizeHeight: 180 });
  expect(shown[0]?.format).toMatchObject({
    delivery: "encoded",
    ...TILE,
    sourceWidth: 1280,
    sourceHeight: 720,
    displayAspect: { num: 1280, den: 720 },
    rotation: 180,
  });
  expect(shown[1]?.format).toBeNull();
});

test("while one is decoded only the newest of the others waits", async () => {
  const { outlet, shown } = fakeOutlet();
  const decoder = new FileDecoder(null, TILE, outlet);
  for (const sequence of [1, 2, 3]) decoder.decode(fakeHeader(sequence), file());
  calls[0]?.resolve({});
  await settled();
  calls[1]?.resolve({});
  await settled();
  expect(shown.map(({ sequence }) => sequence)).toEqual([1, 3]);
  expect(calls).toHaveLength(2);
});

test("what is no file is said to be, and three in a row are given up", async () => {
  const { outlet, unusable } = fakeOutlet();
  const decoder = new FileDecoder(UNITS, TILE, outlet);
  for (const sequence of [1, 2, 3]) {
    decoder.decode(fakeHeader(sequence), new ArrayBuffer(MEDIA_HEADER_BYTES + 30));
    await settled();
  }
  expect(unusable).toEqual([1, 2, 3]);
  expect(outlet.failed).toHaveBeenCalledOnce();
});

test("what comes after it was closed is given back", async () => {
  const { outlet, shown } = fakeOutlet();
  const decoder = new FileDecoder(null, TILE, outlet);
  decoder.decode(fakeHeader(1), file());
  decoder.close();
  const close = vi.fn();
  calls[0]?.resolve({ close });
  await settled();
  expect(close).toHaveBeenCalledOnce();
  expect(shown).toEqual([]);
});
