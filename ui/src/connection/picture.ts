import type { PictureFormat } from "../protocol";
import { MEDIA_HEADER_BYTES } from "../protocol";
import type { MediaHeader } from "./header";

export interface Size {
  width: number;
  height: number;
}

/**
 * Planes where they arrived, behind the header of their message, or what the
 * browser made of a picture.
 */
export type Content = ArrayBuffer | ImageBitmap;

/** One picture. Whoever has it draws it or discards its content. */
export interface Picture {
  header: MediaHeader;
  format: PictureFormat;
  content: Content;
}

/** Bitmaps hold more memory than a garbage collector knows of. */
export function discard(content: Content): void {
  if (!(content instanceof ArrayBuffer)) content.close();
}

/** One of the planes Y, U and V of a picture. */
export interface Plane extends Size {
  /** From the start of the message. */
  offset: number;
}

/** Chroma planes are half as wide and high, rounded up; nothing is padded. */
export function planesOf({ width, height }: Size): [Plane, Plane, Plane] {
  const chroma = { width: (width + 1) >> 1, height: (height + 1) >> 1 };
  const u = MEDIA_HEADER_BYTES + width * height;
  const v = u + chroma.width * chroma.height;
  return [
    { width, height, offset: MEDIA_HEADER_BYTES },
    { ...chroma, offset: u },
    { ...chroma, offset: v },
  ];
}

/** Bytes of a message with such a picture. */
export function messageBytes(size: Size): number {
  const [, , v] = planesOf(size);
  return v.offset + v.width * v.height;
}

/** Width to height of the picture as it is shown, upright. */
export function shownAspect({ displayAspect: { num, den }, rotation }: PictureFormat): number {
  return rotation % 180 === 0 ? num / den : den / num;
}

/** The size of the upright picture that the camera sends. */
export function uprightSource({ sourceWidth, sourceHeight, rotation }: PictureFormat): Size {
  return rotation % 180 === 0
    ? { width: sourceWidth, height: sourceHeight }
    : { width: sourceHeight, height: sourceWidth };
}

/** Whether pictures under this format can be shown at all. */
export function isUsable({ width, height, displayAspect, rotation }: PictureFormat): boolean {
  return (
    isLength(width) &&
    isLength(height) &&
    displayAspect.num > 0 &&
    displayAspect.den > 0 &&
    [0, 90, 180, 270].includes(rotation)
  );
}

/** The most a GPU is sure to take as a texture, and a server is allowed to send. */
const MAX_LENGTH = 16384;

function isLength(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels >= 1 && pixels <= MAX_LENGTH;
}
