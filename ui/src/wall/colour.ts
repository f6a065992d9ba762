import type { ColourMatrix, ColourRange } from "../protocol";

/** The share of red and of blue in luma, by ITU-T H.273. */
const LUMA: Record<ColourMatrix, { red: number; blue: number }> = {
  bt601: { red: 0.299, blue: 0.114 },
  bt709: { red: 0.2126, blue: 0.0722 },
  fcc: { red: 0.3, blue: 0.11 },
  smpte240m: { red: 0.212, blue: 0.087 },
  bt2020: { red: 0.2627, blue: 0.0593 },
};

/** R′G′B′ = `matrix` · (Y′CbCr − `zero`), all from 0 to 1. */
export interface Conversion {
  /** Nine numbers, column by column as WebGL takes them. */
  matrix: number[];
  zero: [number, number, number];
}

export function conversion(matrix: ColourMatrix, range: ColourRange): Conversion {
  const { red, blue } = LUMA[matrix];
  const green = 1 - red - blue;
  // Limited: black and white are 16 and 235, chroma spans 224 codes.
  const luma = range === "limited" ? 255 / 219 : 1;
  const chroma = range === "limited" ? 255 / 224 : 1;
  const fromCb = 2 * (1 - blue) * chroma;
  const fromCr = 2 * (1 - red) * chroma;
  return {
    matrix: [
      ...[luma, luma, luma],
      ...[0, (-blue / green) * fromCb, fromCb],
      ...[fromCr, (-red / green) * fromCr, 0],
    ],
    zero: [range === "limited" ? 16 / 255 : 0, 128 / 255, 128 / 255],
  };
}
