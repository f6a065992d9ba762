import { type Stretch, shareOf } from "../state/stretch";
import { draw, type Inks, inkOf, type Palette, paletteOf, ROWS } from "./ink";

/** The colours of the style sheets that lanes are drawn in. */
const COLOURS: Record<keyof Inks, string> = {
  recorded: "--text-2",
  partly: "--line",
  missed: "--priority-2",
  excused: "--control",
  locked: "--accent",
  event: "--text-1",
};

/**
 * Draws lanes on a canvas: buckets into an image of a pixel each, once they
 * come, and that image scaled to where they are now, as often as that changes.
 */
export class LanePainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #image: HTMLCanvasElement;
  readonly #imageContext: CanvasRenderingContext2D | null;
  /** Its pixels, kept from one time to the next. */
  #pixels: ImageData | null = null;
  #palette: Palette | null = null;
  #stretch: Stretch | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#image = document.createElement("canvas");
    this.#imageContext = this.#image.getContext("2d", { willReadFrequently: true });
  }

  /** Takes what came. */
  take(lanes: Uint16Array[], stretch: Stretch): void {
    const context = this.#imageContext;
    const width = lanes[0]?.length ?? 0;
    this.#stretch = width === 0 ? null : stretch;
    if (context === null || width === 0) return;
    const height = ROWS * lanes.length;
    this.#palette ??= paletteOf(this.#inks(context));
    if (this.#pixels?.width !== width || this.#pixels.height !== height) {
      this.#image.width = width;
      this.#image.height = height;
      this.#pixels = context.createImageData(width, height);
    }
    draw(new Uint32Array(this.#pixels.data.buffer), lanes, width, this.#palette);
    context.putImageData(this.#pixels, 0, 0);
  }

  /** The style sheets have other colours. */
  recolour(): void {
    this.#palette = null;
  }

  /** Shows it where `shown` is all there is to see. */
  show(shown: Stretch): void {
    const context = this.#context;
    if (context === null) return;
    const { width, height } = this.#canvas;
    context.clearRect(0, 0, width, height);
    if (this.#stretch === null) return;
    const from = shareOf(shown, this.#stretch.from) * width;
    const to = shareOf(shown, this.#stretch.to) * width;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.#image, from, 0, to - from, height);
  }

  /** The canvas has so many pixels. Setting them empties it. */
  resize(width: number, height: number): void {
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }

  #inks(context: CanvasRenderingContext2D): Inks {
    const probe = document.createElement("span");
    this.#canvas.parentElement?.append(probe);
    const inks = { recorded: 0, partly: 0, missed: 0, excused: 0, locked: 0, event: 0 };
    for (const [name, token] of Object.entries(COLOURS) as [keyof Inks, string][]) {
      probe.style.color = `var(${token})`;
      inks[name] = inkOf(getComputedStyle(probe).color, context);
    }
    probe.remove();
    return inks;
  }
}
