import { m } from "../messages";
import { droppingText, shapeText, stageText } from "../messages/stream";
import type { Camera, StreamState } from "../protocol";

export interface Sentence {
  text: string;
  isWarning: boolean;
}

/** How a camera is doing, by the stream that says most: one in trouble, any that is open, the best. */
export function streamSentence({ streams }: Camera): Sentence {
  const states = streams.map(([, state]) => state);
  const open = states.filter(({ kind }) => kind !== "closed");
  const sentences = (open.length > 0 ? open : states).map(sentence);
  return (
    sentences.find(({ isWarning }) => isWarning) ?? sentences[0] ?? sentence({ kind: "closed" })
  );
}

function sentence(state: StreamState): Sentence {
  switch (state.kind) {
    case "closed":
      return { text: m.stream_closed(), isWarning: false };
    case "connecting":
      return { text: stageText(state.stage), isWarning: false };
    case "live":
      return { text: m.stream_live({ shape: shapeText(state) }), isWarning: false };
    case "stale":
      return { text: m.stream_stale(), isWarning: true };
    case "degraded": {
      const live = m.stream_live({ shape: shapeText(state) });
      const dropping = droppingText(state.droppedPercent);
      return { text: m.stream_degraded({ live, dropping }), isWarning: true };
    }
    case "removed":
      return { text: m.camera_removed(), isWarning: false };
    case "lost":
    case "authFailed":
    case "unsupported":
      return { text: state.failure.message, isWarning: true };
  }
}
