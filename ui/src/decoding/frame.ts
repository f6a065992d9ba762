import { messageBytes, planesOf, type Size } from "../connection/picture";
import type { ColourMatrix, ColourRange, PictureFormat, Ratio, UnitFormat } from "../protocol";
import { shrink } from "./shrink";
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
    matrix: matrixOf(frame) ?? unit.matrix ?? (height < 720 ? "bt601" : "bt709"),
    range: rangeOf(frame) ?? unit.range ?? "limited",
    isField: false,
  };
}

/** Whether `planesOfFrame` reads it. */
export function isPlanar({ format }: VideoFrame): boolean {
  return format === "I420" || format === "NV12";
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
    await frame.copyTo(message, {
      layout: planes.map(({ offset, width }) => ({ offset, stride: width })),
    });
    return message;
  }
  const bytes = scratch.of(frame.allocationSize());
  const [luma, ...chroma] = await frame.copyTo(bytes);
  const to = new Uint8Array(message);
  const half = { width: (source.width + 1) >> 1, height: (source.height + 1) >> 1 };
  planes.forEach((plane, i) => {
    const isLuma = i === 0;
    const isMixed = !isLuma && frame.format === "NV12";
    const { offset = 0, stride = 0 } = (isLuma ? luma : chroma[isMixed ? 0 : i - 1]) ?? {};
    const at = isMixed ? offset + i - 1 : offset;
    const size = isLuma ? source : half;
    shrink({ bytes, offset: at, stride, step: isMixed ? 2 : 1, ...size }, plane, to, plane.offset);
  });
  return message;
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
