import { messageBytes, planesOf, type Size } from "../connection/picture";
import type { ColourMatrix, ColourRange, PictureFormat, Ratio, UnitFormat } from "../protocol";
import { type Samples, shrink } from "./shrink";
import { textureSize } from "./texture";

/** How a decoded frame is shown on a tile. */
export function formatOf(frame: VideoFrame, unit: UnitFormat, tile: Size): PictureFormat {
  const { width, height } = visibleSize(frame);
  const displayAspect = aspectOf(frame, unit.sampleAspect);
  const texture = textureSize(displayAspect, unit.rotation, { width, height }, tile);
  return {
    delivery: "encoded",
    ...texture,
    sourceWidth: width,
    sourceHeight: height,
    displayAspect,
    rotation: unit.rotation,
    // The engine reads what the stream says; browsers may guess.
    matrix: unit.matrix ?? matrixOf(frame) ?? (height < 720 ? "bt601" : "bt709"),
    range: unit.range ?? rangeOf(frame) ?? "limited",
    isField: false,
  };
}

/** Whether `planesOfFrame` reads it: what is no picture of luma and chroma it cannot. */
export function isReadable({ format, colorSpace }: VideoFrame): boolean {
  return layoutOf(format) !== null && colorSpace.matrix !== "rgb";
}

/** Its planes as a message has them, behind room for a header, in the size of `format`. */
export async function planesOfFrame(
  frame: VideoFrame,
  format: PictureFormat,
  scratch: Scratch,
): Promise<ArrayBuffer> {
  const message = new ArrayBuffer(messageBytes(format));
  const planes = planesOf(format);
  const source = visibleSize(frame);
  const isItsSize = source.width === format.width && source.height === format.height;
  if (isItsSize && frame.format === "I420") {
    const layout = planes.map(({ offset, width }) => ({ offset, stride: width }));
    await frame.copyTo(message, { layout });
    return message;
  }
  const layout = layoutOf(frame.format);
  if (layout === null) throw new TypeError(`a frame of ${frame.format}`);
  const bytes = scratch.of(frame.allocationSize());
  const copied = await frame.copyTo(bytes);
  const to = new Uint8Array(message);
  planes.forEach((plane, i) => {
    const samples = samplesOf(layout, copied, i, source);
    shrink({ bytes, ...samples }, plane, to, plane.offset);
  });
  return message;
}

/** How the samples of a frame lie. */
interface Layout {
  /** Columns and rows of luma that share their chroma. */
  across: number;
  down: number;
  bits: number;
  /** Whether Cb and Cr take turns in one plane. */
  isMixed: boolean;
}

const SHARED: Record<string, [across: number, down: number]> = {
  I420: [2, 2],
  I422: [2, 1],
  I444: [1, 1],
  NV12: [2, 2],
};

/** By the browser's name, such as `I422P10`, which may have an `A` for an alpha that is left out. */
function layoutOf(format: string | null): Layout | null {
  const [, name = "", bits = "8"] = /^(\w{4})A?(?:P(\d+))?$/.exec(format ?? "") ?? [];
  const shared = SHARED[name];
  if (shared === undefined) return null;
  const [across, down] = shared;
  return { across, down, bits: Number(bits), isMixed: name === "NV12" };
}

function samplesOf(
  { across, down, bits, isMixed }: Layout,
  planes: PlaneLayout[],
  index: number,
  source: Size,
): Omit<Samples, "bytes"> {
  const width = bits > 8 ? 2 : 1;
  if (index === 0) return { ...place(planes[0]), step: width, bits, ...source };
  const size = {
    width: Math.ceil(source.width / across),
    height: Math.ceil(source.height / down),
  };
  if (!isMixed) return { ...place(planes[index]), step: width, bits, ...size };
  const { offset, stride } = place(planes[1]);
  return { offset: offset + index - 1, stride, step: 2, bits, ...size };
}

function place({ offset, stride }: PlaneLayout = { offset: 0, stride: 0 }): PlaneLayout {
  return { offset, stride };
}

/** Room for one frame as it was decoded, kept for the next. */
export class Scratch {
  #bytes = new Uint8Array(0);

  of(length: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    return this.#bytes.subarray(0, length);
  }
}

function visibleSize({ visibleRect, codedWidth, codedHeight }: VideoFrame): Size {
  return {
    width: visibleRect?.width ?? codedWidth,
    height: visibleRect?.height ?? codedHeight,
  };
}

/** Width to height as coded: the container's word goes before the stream's. */
function aspectOf(frame: VideoFrame, sample: Ratio | null): Ratio {
  if (sample === null) return { num: frame.displayWidth, den: frame.displayHeight };
  const { width, height } = visibleSize(frame);
  return { num: width * sample.num, den: height * sample.den };
}

const MATRICES: Record<string, ColourMatrix> = {
  bt709: "bt709",
  bt470bg: "bt601",
  smpte170m: "bt601",
  "bt2020-ncl": "bt2020",
};

function matrixOf({ colorSpace }: VideoFrame): ColourMatrix | undefined {
  return colorSpace.matrix === null ? undefined : MATRICES[colorSpace.matrix];
}

function rangeOf({ colorSpace: { fullRange } }: VideoFrame): ColourRange | undefined {
  if (fullRange === null) return undefined;
  return fullRange ? "full" : "limited";
}
