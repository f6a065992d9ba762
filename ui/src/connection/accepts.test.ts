import { afterEach, expect, test, vi } from "vitest";
import { browserAccepts } from "./accepts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function decoding(...codecs: string[]) {
  const isConfigSupported = async ({ codec }: VideoDecoderConfig) => ({
    supported: codecs.includes(codec.slice(0, 4)),
  });
  vi.stubGlobal("VideoDecoder", { isConfigSupported });
}

test("what the browser decodes comes as the camera sends it, and else as files", async () => {
  decoding("avc1");
  expect(await browserAccepts("")).toEqual({
    accepts: ["encoded", "jpeg"],
    codecs: ["h264", "mjpeg"],
  });
  decoding("avc1", "hvc1");
  expect((await browserAccepts("")).codecs).toEqual(["h264", "hevc", "mjpeg"]);
});

test("a page without decoders shows files", async () => {
  expect(await browserAccepts("")).toEqual({ accepts: ["encoded", "jpeg"], codecs: ["mjpeg"] });
});

test("a decoder that cannot even be asked is none", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal("VideoDecoder", { isConfigSupported: async () => Promise.reject(new TypeError()) });
  expect((await browserAccepts("")).codecs).toEqual(["mjpeg"]);
});

test.each([
  ["?delivery=planes", ["planes"]],
  ["?surface=gl&delivery=jpeg", ["jpeg"]],
  ["?delivery=nonsense", ["encoded", "jpeg"]],
])("the address may name the only one: %s", async (search, accepts) => {
  expect((await browserAccepts(search)).accepts).toEqual(accepts);
});
