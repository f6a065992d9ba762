import {
  MEDIA_FLAG_APPROXIMATE,
  MEDIA_FLAG_KEY,
  MEDIA_FLAG_UNSHOWN,
  MEDIA_HEADER_BYTES,
  MEDIA_HEADER_VERSION,
  MEDIA_KIND_PICTURE,
  MEDIA_KIND_SOUND,
  MEDIA_KIND_UNIT,
} from "../protocol";

/** The head of a binary message. Times are µs; wall time is since 1970 UTC by the server's clock. */
export interface MediaHeader {
  kind: "picture" | "unit" | "sound";
  /** Whether decoding can begin with this unit. */
  isKey: boolean;
  /** Whether a picture is wanted, and not only what is built on it. */
  isShown: boolean;
  /** Whether it is only near the recorded moment that was asked for, and the exact one follows. */
  isApproximate: boolean;
  subscription: number;
  sequence: number;
  format: number;
  mediaTime: number;
  wallTime: number;
}

const KINDS = new Map<number, MediaHeader["kind"]>([
  [MEDIA_KIND_PICTURE, "picture"],
  [MEDIA_KIND_UNIT, "unit"],
  [MEDIA_KIND_SOUND, "sound"],
]);

/** `null` where the message is none of ours. */
export function parseHeader(message: ArrayBuffer): MediaHeader | null {
  if (message.byteLength < MEDIA_HEADER_BYTES) return null;
  const view = new DataView(message, 0, MEDIA_HEADER_BYTES);
  const kind = KINDS.get(view.getUint8(1));
  if (view.getUint8(0) !== MEDIA_HEADER_VERSION || kind === undefined) return null;
  const flags = view.getUint16(2, true);
  return {
    kind,
    isKey: (flags & MEDIA_FLAG_KEY) !== 0,
    isShown: (flags & MEDIA_FLAG_UNSHOWN) === 0,
    isApproximate: (flags & MEDIA_FLAG_APPROXIMATE) !== 0,
    subscription: view.getUint32(4, true),
    sequence: view.getUint32(8, true),
    format: view.getUint32(12, true),
    mediaTime: microseconds(view, 16),
    wallTime: microseconds(view, 24),
  };
}

/** Exact up to 2⁵³ µs, some 285 years, without making a BigInt per picture. */
function microseconds(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}
