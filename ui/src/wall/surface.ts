import type { Picture, Size } from "../connection/picture";
import type { Zoom } from "../state/zoom";
import type { Area } from "./fit";

/** What the wall is drawn on. `owner` stands for the tile whose last picture is kept. */
export interface Surface {
  resize(size: Size): void;
  /** The colour around pictures, red, green and blue from 0 to 255. */
  setGround(colour: [number, number, number]): void;
  /** Keeps a picture for its owner in place of the last. */
  keep(owner: object, picture: Picture): void;
  /** Draws the owner's picture, or just the ground. Without colours where it is `faded`. */
  draw(owner: object, tile: Area, isFilling: boolean, isFaded: boolean, zoom: Zoom): void;
  forget(owner: object): void;
}

/** How dark a picture is that is not live, so that it never looks it. */
export const FADED_BRIGHTNESS = 0.55;
