import type { Link } from "../connection/connection";
import type {
  Camera,
  ConnectingStage,
  Failure,
  GapCause,
  RecordedState,
  StreamState,
} from "../protocol";

/** What a tile shows, and says. Times are µs by the server's clock. */
export type TileState =
  | { kind: "empty" }
  | { kind: "offline" }
  | { kind: "removed" }
  | { kind: "lost" | "authFailed" | "unsupported"; failure: Failure; retryAt: number | null }
  | { kind: "connecting"; stage: ConnectingStage; since: number | null }
  /** `since` the last picture, where the server was the one to notice. */
  | { kind: "stale"; since: number | null }
  | { kind: "degraded"; droppedPercent: number }
  | { kind: "live" }
  /** Of a playback: what is recorded; that it is looked for; that there is nothing, or nothing to be read. */
  | { kind: "recorded" | "seeking" }
  | { kind: "unrecorded"; cause: GapCause | null }
  | { kind: "unreadable"; message: string };

/** What is known of a tile. */
export interface TileFacts {
  camera: Camera | null;
  link: Link["kind"];
  /** Why the server ended the subscription, and when it is asked for again. */
  refusal: { failure: Failure; retryAt: number | null } | null;
  stream: StreamState;
  /** Pictures since the tile was last put up. */
  pictures: "none" | "fresh" | "stale";
  /** Whether a picture has come since `stream` was announced. */
  isPictureNewer: boolean;
}

/** What is known of a tile of a playback. */
export type RecordedFacts = Pick<TileFacts, "camera" | "link" | "refusal"> & {
  /** What the server said last. */
  recorded: RecordedState | null;
  hasPicture: boolean;
};

/** Of a playback. How the camera is doing now says nothing of what it recorded. */
export function recordedTileState(facts: RecordedFacts): TileState {
  const { camera, link, refusal, recorded, hasPicture } = facts;
  if (camera === null) return { kind: "empty" };
  if (link !== "open") return { kind: "offline" };
  if (refusal !== null) return { kind: "lost", ...refusal };
  switch (recorded?.kind) {
    case "nothing":
      return { kind: "unrecorded", cause: recorded.cause };
    case "failed":
      return { kind: "unreadable", message: recorded.message };
    default:
      return { kind: hasPicture ? "recorded" : "seeking" };
  }
}

/** The first that applies wins. A frozen picture must never look live. */
export function tileState(facts: TileFacts): TileState {
  const { camera, link, refusal, stream, pictures, isPictureNewer } = facts;
  if (camera === null) return { kind: "empty" };
  if (link !== "open") return { kind: "offline" };
  if (refusal !== null) {
    return { kind: refusal.failure.code === "unsupported" ? "unsupported" : "lost", ...refusal };
  }

  switch (stream.kind) {
    case "removed":
      return { kind: "removed" };
    case "lost":
    case "authFailed":
    case "unsupported":
      return { kind: stream.kind, failure: stream.failure, retryAt: stream.retryAt };
    case "closed":
      // The announcement that it opens may come after its first picture.
      if (pictures === "fresh" && isPictureNewer) return { kind: "live" };
      return { kind: "connecting", stage: "opening", since: null };
    case "connecting":
      if (pictures === "fresh" && isPictureNewer) return { kind: "live" };
      return { kind: "connecting", stage: stream.stage, since: stream.since };
    case "stale":
      // A picture still on its way here is as old as the server says.
      return { kind: "stale", since: stream.since };
    case "degraded":
    case "live":
      if (pictures === "none") return { kind: "connecting", stage: "firstKeyFrame", since: null };
      if (pictures === "stale") return { kind: "stale", since: null };
      if (stream.kind === "live") return { kind: "live" };
      return { kind: "degraded", droppedPercent: stream.droppedPercent };
  }
}
