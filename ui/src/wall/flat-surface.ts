import { type Picture, type Size, shownAspect } from "../connection/picture";
import type { PictureFormat } from "../protocol";
import type { Zoom } from "../state/zoom";
import { type Area, fitted, isSameArea } from "./fit";
import { paint } from "./pixels";
import { FADED_BRIGHTNESS, type Surface } from "./surface";

interface Kept {
  format: PictureFormat;
  pixels: ImageData | ImageBitmap;
  /** Where it was drawn last; what is around it is ground already. */
  drawn: Area | null;
}

/**
 * One 2D canvas, for where nothing but the processor draws. Browsers then copy
 * to the screen what changed and no more, which costs a third of what WebGL
 * does there. The engine scales pictures to their tiles, so that pixels are
 * only put in place.
 */
export class FlatSurface implements Surface {
  readonly #context: CanvasRenderingContext2D;
  readonly #kept = new Map<object, Kept>();
  #ground = "#000";
  /** For pictures of other sizes. */
  #scaling: CanvasRenderingContext2D | null = null;

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  resize({ width, height }: Size): void {
    const { canvas } = this.#context;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.#cover({ x: 0, y: 0, width, height });
    for (const kept of this.#kept.values()) kept.drawn = null;
  }

  setGround([red, green, blue]: [number, number, number]): void {
    this.#ground = `rgb(${red} ${green} ${blue})`;
  }

  keep(owner: object, { format, content }: Picture): void {
    const known = this.#kept.get(owner);
    const pixels = content instanceof ArrayBuffer ? painted(format, content, known) : content;
    if (known?.pixels !== pixels) discardPixels(known);
    const isSameShape = known !== undefined && known.format === format;
    this.#kept.set(owner, { format, pixels, drawn: isSameShape ? known.drawn : null });
  }

  draw(owner: object, tile: Area, isFilling: boolean, isFaded: boolean, zoom: Zoom): void {
    const kept = this.#kept.get(owner);
    if (kept === undefined) return this.#cover(tile);

    const area = fitted(tile, shownAspect(kept.format), isFilling, zoom);
    if (!isSameArea(kept.drawn, area)) this.#cover(tile);
    kept.drawn = area;
    if (isItsSize(kept, area)) this.#put(kept.pixels, tile, area);
    else this.#stretch(kept, tile, area);
    if (isFaded) this.#fade(tile, area);
  }

  forget(owner: object): void {
    discardPixels(this.#kept.get(owner));
    this.#kept.delete(owner);
  }

  #cover({ x, y, width, height }: Area): void {
    this.#context.fillStyle = this.#ground;
    this.#context.fillRect(x, y, width, height);
  }

  /** Pixels as they are, where they lie in the tile. */
  #put(pixels: Kept["pixels"], tile: Area, area: Area): void {
    const left = Math.round(area.x + (area.width - pixels.width) / 2);
    const top = Math.round(area.y + (area.height - pixels.height) / 2);
    const [x, y] = [Math.max(0, tile.x - left), Math.max(0, tile.y - top)];
    const [width, height] = [tile.x + tile.width - left - x, tile.y + tile.height - top - y];
    if (pixels instanceof ImageData) {
      this.#context.putImageData(pixels, left, top, x, y, width, height);
    } else {
      this.#clipped(tile, () => this.#context.drawImage(pixels, left, top));
    }
  }

  #stretch({ format, pixels }: Kept, tile: Area, area: Area): void {
    const context = this.#context;
    const image = pixels instanceof ImageData ? this.#imageOf(pixels) : pixels;
    if (image === null) return;
    this.#clipped(tile, () => {
      const isUpright = format.rotation % 180 === 0;
      const [width, height] = isUpright ? [area.width, area.height] : [area.height, area.width];
      context.translate(area.x + area.width / 2, area.y + area.height / 2);
      context.rotate((format.rotation * Math.PI) / 180);
      context.drawImage(image, -width / 2, -height / 2, width, height);
    });
  }

  /** In a form that can be scaled. */
  #imageOf(pixels: ImageData): HTMLCanvasElement | null {
    this.#scaling ??= document.createElement("canvas").getContext("2d", CONTEXT);
    if (this.#scaling === null) return null;
    this.#scaling.canvas.width = pixels.width;
    this.#scaling.canvas.height = pixels.height;
    this.#scaling.putImageData(pixels, 0, 0);
    return this.#scaling.canvas;
  }

  #fade(tile: Area, { x, y, width, height }: Area): void {
    const context = this.#context;
    this.#clipped(tile, () => {
      context.globalCompositeOperation = "saturation";
      context.fillStyle = "#000";
      context.fillRect(x, y, width, height);
      context.globalCompositeOperation = "source-over";
      context.fillStyle = `rgb(0 0 0 / ${1 - FADED_BRIGHTNESS})`;
      context.fillRect(x, y, width, height);
    });
  }

  #clipped({ x, y, width, height }: Area, draw: () => void): void {
    this.#context.save();
    this.#context.beginPath();
    this.#context.rect(x, y, width, height);
    this.#context.clip();
    draw();
    this.#context.restore();
  }
}

/** Planes as colours, in the place of the last where that has the same size. */
function painted(format: PictureFormat, planes: ArrayBuffer, known: Kept | undefined): ImageData {
  const { width, height } = format;
  const last = known?.pixels;
  const isSameSize = last instanceof ImageData && last.width === width && last.height === height;
  const pixels = isSameSize ? last : new ImageData(width, height);
  paint(format, planes, pixels.data);
  return pixels;
}

function discardPixels(kept: Kept | undefined): void {
  if (kept !== undefined && !(kept.pixels instanceof ImageData)) kept.pixels.close();
}

/** Kept where the processor can reach it, and nothing behind it. */
export const CONTEXT: CanvasRenderingContext2DSettings = { alpha: false, willReadFrequently: true };

/** Sizes this near are one: scaling by a pixel would only blur. */
const NEAR = 2;

function isItsSize({ format, pixels }: Kept, area: Area): boolean {
  const isNear = (one: number, other: number) => Math.abs(one - other) < NEAR;
  return (
    format.rotation === 0 && isNear(pixels.width, area.width) && isNear(pixels.height, area.height)
  );
}
