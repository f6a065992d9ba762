import type { Action } from "../actions/action";
import type { Bookmark, CameraAddress, StreamAddress } from "../protocol";
import type { Footage } from "./footage";

export type View = "wall" | "events" | "cameras" | "storage" | "settings";

/** What lies over the view, until it is closed. */
export type Overlay =
  | { kind: "help" }
  | { kind: "addCamera"; tile: number | null }
  | { kind: "clip"; tile: number | null }
  | { kind: "login"; camera: CameraAddress }
  | { kind: "pick"; tile: number }
  | { kind: "layouts" }
  | { kind: "tile"; x: number; y: number }
  | { kind: "palette" }
  | { kind: "addVolume" }
  /** By its id. */
  | { kind: "limits"; volume: string }
  | { kind: "plan"; stream: StreamAddress }
  /** Of the zone that is chosen. */
  | { kind: "zoneHours" }
  | { kind: "addEvidence"; footage: Footage; note: string }
  | { kind: "export"; footage: Footage; name: string; note: string }
  | { kind: "bookmarks" }
  /** The one that is changed; `null` where one is added. */
  | { kind: "bookmark"; bookmark: Bookmark | null; footage: Footage }
  /** With the shortcut that is wanted; "" where it is still to be pressed. */
  | { kind: "changeKey"; action: Action; shortcut: string };

/** The last thing the viewer did, with the way back where there is one. */
export interface Toast {
  text: string;
  undo?: () => void;
}

/** What only this viewer knows: where it looks. Nothing of it reaches the server. */
export class Screen {
  view = $state<View>("wall");
  /** Index of the selected tile. */
  selected = $state(0);
  /** The camera that has the wall for itself. */
  alone = $state.raw<CameraAddress | null>(null);
  isVideoOnly = $state(false);
  /** Whether pictures fill their tiles, cut at two sides, rather than fit. */
  isFilling = $state(false);
  /** Whether tiles say what they show and what it costs. */
  hasStatistics = $state(false);
  /** Digits of a camera's number as they are typed. */
  jump = $state("");
  overlay = $state.raw<Overlay | null>(null);
  toast = $state.raw<Toast | null>(null);
}
