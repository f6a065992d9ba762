import type { UnitFormat } from "../protocol";

/** What the names of H.264 and H.265 decoders begin with. */
const H264 = "avc1";
const H265 = "hvc1";

/** The codecs that are looked for, by FFmpeg's names, each in the form that cameras send. */
export const EXAMPLES: [string, string][] = [
  ["h264", `${H264}.640028`],
  ["hevc", `${H265}.1.6.L120.B0`],
];

/** How a decoder is set that begins with the key frame `unit`; `null` where that says too little. */
export function decoderConfig(format: UnitFormat, unit: Uint8Array): VideoDecoderConfig | null {
  const description = fromBase64(format.config);
  const codec = codecString(format.codec, description, unit);
  if (codec === null) return null;
  const config: VideoDecoderConfig = {
    codec,
    optimizeForLatency: true,
    hardwareAcceleration: "no-preference",
    // Or Chromium takes everything for BT.709, whatever the stream says.
    colorSpace: {},
  };
  return description.length > 0 ? { ...config, description } : config;
}

function codecString(codec: string, config: Uint8Array, unit: Uint8Array): string | null {
  const isInBand = config.length === 0;
  switch (codec) {
    case "h264":
      return h264(isInBand ? nalUnit(unit, (first) => (first & 0x1f) === 7) : config);
    case "hevc":
      // The profile stands behind two bytes of header and one of the set, or behind the version.
      return h265(isInBand ? nalUnit(unit, (first) => first >> 1 === 33)?.subarray(2) : config);
    default:
      return null;
  }
}

/** Of a parameter set or an `avcC` record: both have the profile behind their first byte. */
function h264(record: Uint8Array | undefined): string | null {
  const profile = record?.subarray(1, 4) ?? [];
  return profile.length === 3 ? `${H264}.${[...profile].map(hex).join("")}` : null;
}

/** Of a parameter set or an `hvcC` record: ISO/IEC 14496-15, annex E.3. */
function h265(record: Uint8Array | undefined): string | null {
  const profile = record?.subarray(1, 13) ?? [];
  if (profile.length < 12) return null;
  const [first = 0, ...others] = profile;
  const space = ["", "A", "B", "C"][first >> 6];
  const compatible = others.slice(0, 4).reduce((bits, byte) => bits * 256 + byte, 0);
  const constraints = others.slice(4, 10);
  while (constraints.at(-1) === 0) constraints.pop();
  const tier = first & 0x20 ? "H" : "L";
  return [
    H265,
    `${space}${first & 0x1f}`,
    reversed(compatible).toString(16),
    `${tier}${others[10]}`,
    ...constraints.map((byte) => byte.toString(16)),
  ].join(".");
}

/** The beginning of the first NAL unit that `isWanted`, by its first byte, in Annex B form. */
function nalUnit(unit: Uint8Array, isWanted: (first: number) => boolean): Uint8Array | undefined {
  for (let at = 0; at + 3 < unit.length; at++) {
    const isStart = unit[at] === 0 && unit[at + 1] === 0 && unit[at + 2] === 1;
    if (isStart && isWanted(unit[at + 3] as number)) return unescaped(unit.subarray(at + 3));
  }
  return undefined;
}

/** More than any profile takes. */
const BEGINNING = 32;

/** Without the bytes that keep what follows from looking like a start. */
function unescaped(bytes: Uint8Array): Uint8Array {
  const isMeant = (byte: number, i: number, all: Uint8Array) =>
    !(byte === 3 && i >= 2 && all[i - 1] === 0 && all[i - 2] === 0);
  return bytes.subarray(0, BEGINNING).filter(isMeant);
}

function reversed(bits: number): number {
  let result = 0;
  for (let i = 0; i < 32; i++) if ((bits >>> i) & 1) result += 2 ** (31 - i);
  return result;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
