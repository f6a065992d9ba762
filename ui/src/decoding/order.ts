import type { MediaHeader } from "../connection/header";
import type { Content, Size } from "../connection/picture";
import type { PictureFormat, UnitFormat } from "../protocol";

/** What the page tells the worker. Each decoder is one subscription's, by its number. */
export type Order =
  /** The units that follow are of this format. */
  | { kind: "encoding"; decoder: number; unit: UnitFormat }
  /** A whole binary message with an access unit. */
  | { kind: "unit"; decoder: number; header: MediaHeader; message: ArrayBuffer }
  /** A whole binary message with a JPEG file. */
  | { kind: "file"; decoder: number; header: MediaHeader; message: ArrayBuffer }
  /** Pictures are to fit a tile of this size. */
  | { kind: "tile"; decoder: number; size: Size }
  | { kind: "close"; decoder: number };

/** What the worker tells the page. */
export type Result =
  /** A picture; its format where that is another than before. Files have one already. */
  | {
      kind: "picture";
      decoder: number;
      header: MediaHeader;
      format: PictureFormat | null;
      content: Content;
    }
  /** Nothing will come of this one. */
  | { kind: "unusable"; decoder: number; header: MediaHeader }
  /** Nothing will come of these units at all. */
  | { kind: "failed"; decoder: number };

/** Who hears what becomes of what one subscription decodes. */
export interface Outlet {
  picture(header: MediaHeader, format: PictureFormat | null, content: Content): void;
  unusable(header: MediaHeader): void;
  failed(): void;
}
