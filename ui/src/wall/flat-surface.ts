import { type Picture, planesOf, type Size } from "../connection/picture";
import type { PictureFormat } from "../protocol";
import { conversion } from "./colour";
import { type Area, fitted, shownAspect } from "./fit";
import { FADED_BRIGHTNESS, type Surface } from "./surface";

interface Kept {
  format: PictureFormat;
  canvas: HTMLCanvasElement;
}

/** One 2D canvas, for where WebGL is missing: the same pictures, at more cost. */
export class FlatSurface implements Surface {
  readonly #context: CanvasRenderingContext2D;
  readonly #kept = new Map<object, Kept>();
  #ground = "#000";

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  resize({ width, height }: Size): void {
    const { canvas } = this.#context;
    canvas.width = width;
    canvas.height = height;
    this.#context.fillStyle = this.#ground;
    this.#context.fillRect(0, 0, width, height);
  }

  setGround([red, green, blue]: [number, number, number]): void {
    this.#ground = `rgb(${red} ${green} ${blue})`;
  }

  keep(owner: object, picture: Picture): void {
    const { format } = picture;
    const canvas = this.#kept.get(owner)?.canvas ?? document.createElement("canvas");
    canvas.width = format.width;
    canvas.height = format.height;
    const pixels = new ImageData(format.width, format.height);
    paint(picture, pixels.data);
    canvas.getContext("2d")?.putImageData(pixels, 0, 0);
    this.#kept.set(owner, { format, canvas });
  }

  draw(owner: object, tile: Area, isFilling: boolean, isFaded: boolean): void {
    const context = this.#context;
    const kept = this.#kept.get(owner);
    context.save();
    context.beginPath();
    context.rect(tile.x, tile.y, tile.width, tile.height);
    context.clip();
    context.fillStyle = this.#ground;
    context.fillRect(tile.x, tile.y, tile.width, tile.height);
    if (kept !== undefined) {
      const area = fitted(tile, shownAspect(kept.format), isFilling);
      const isUpright = kept.format.rotation % 180 === 0;
      const [width, height] = isUpright ? [area.width, area.height] : [area.height, area.width];
      context.translate(area.x + area.width / 2, area.y + area.height / 2);
      context.rotate((kept.format.rotation * Math.PI) / 180);
      context.drawImage(kept.canvas, -width / 2, -height / 2, width, height);
      if (isFaded) fade(context, -width / 2, -height / 2, width, height);
    }
    context.restore();
  }

  forget(owner: object): void {
    this.#kept.delete(owner);
  }
}

function fade(context: CanvasRenderingContext2D, ...area: [number, number, number, number]): void {
  context.globalCompositeOperation = "saturation";
  context.fillStyle = "#000";
  context.fillRect(...area);
  context.globalCompositeOperation = "source-over";
  context.fillStyle = `rgb(0 0 0 / ${1 - FADED_BRIGHTNESS})`;
  context.fillRect(...area);
}

/** What the shader does, for one pixel after the other. */
export function paint({ format, message }: Picture, pixels: Uint8ClampedArray): void {
  const bytes = new Uint8Array(message);
  const [y, u, v] = planesOf(format);
  const { matrix, zero } = conversion(format.matrix, format.range);
  const [redY = 0, greenY = 0, blueY = 0, , greenU = 0, blueU = 0, redV = 0, greenV = 0] = matrix;
  let at = 0;
  for (let row = 0; row < y.height; row++) {
    const chromaRow = (row >> 1) * u.width;
    for (let column = 0; column < y.width; column++) {
      const chroma = chromaRow + (column >> 1);
      const luma = (bytes[y.offset + row * y.width + column] ?? 0) - zero[0] * 255;
      const cb = (bytes[u.offset + chroma] ?? 0) - 128;
      const cr = (bytes[v.offset + chroma] ?? 0) - 128;
      pixels[at++] = redY * luma + redV * cr;
      pixels[at++] = greenY * luma + greenU * cb + greenV * cr;
      pixels[at++] = blueY * luma + blueU * cb;
      pixels[at++] = 255;
    }
  }
}
