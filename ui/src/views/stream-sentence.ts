import { m } from "../messages";
import type { Camera } from "../protocol";

/** How a camera is doing, by the stream that says most: any that is open, else the best. */
export function streamSentence({ streams }: Camera): { text: string; isWarning: boolean } {
  const [, state] = streams.find(([, { kind }]) => kind !== "closed") ?? streams[0] ?? [];
  switch (state?.kind) {
    case undefined:
    case "closed":
      return { text: m.stream_closed(), isWarning: false };
    case "connecting":
      return { text: m.state_connecting(), isWarning: false };
    case "live": {
      const { codec, width, height } = state;
      const shape = width > 0 && height > 0 ? `${width}×${height}` : "";
      return {
        text: m.stream_live({ codec: codec.toUpperCase(), shape }).trim(),
        isWarning: false,
      };
    }
    case "lost":
      return { text: state.failure.message, isWarning: true };
  }
}
