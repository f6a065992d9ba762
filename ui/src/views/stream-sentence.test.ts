import { expect, test } from "vitest";
import { DEGRADED, fakeCamera, LIVE } from "../connection/fake";
import type { StreamState } from "../protocol";
import { streamSentence } from "./stream-sentence";

const failure = { code: "other", message: "The camera said no." } as const;
const lost: StreamState = { kind: "lost", failure, retryAt: 0, attempt: 1 };
const closed: StreamState = { kind: "closed" };

test.each<[string, StreamState[], string]>([
  ["closed", [closed], "Not open: nobody is watching."],
  ["connecting", [{ kind: "connecting", stage: "asking", since: 0 }], "Asking for the stream…"],
  ["live", [LIVE], "Live: H264 1920×1080"],
  ["live, its size not announced", [{ ...LIVE, width: 0 } as StreamState], "Live: H264"],
  ["stale", [{ kind: "stale", since: 0 }], "▲ Frozen: connected, but no new picture comes."],
  ["degraded", [DEGRADED], "▲ Live: H264 1920×1080, dropping 12 %"],
  [
    "degraded by what cannot be counted",
    [{ ...DEGRADED, droppedPercent: 0 } as StreamState],
    "▲ Live: H264 1920×1080, losing pictures",
  ],
  ["removed", [{ kind: "removed" }], "The camera was removed."],
  ["lost", [lost], "▲ The camera said no."],
  ["refused", [{ kind: "authFailed", failure, retryAt: 0 }], "▲ The camera said no."],
  ["unsupported", [{ kind: "unsupported", failure, retryAt: 0 }], "▲ The camera said no."],
  ["the open one of two", [closed, LIVE], "Live: H264 1920×1080"],
  ["the one in trouble", [LIVE, lost], "▲ The camera said no."],
  ["none at all", [], "Not open: nobody is watching."],
])("%s", (_, states, expected) => {
  const streams = states.map((state, i) => [i === 0 ? "main" : "sub", state] as const);
  const camera = { ...fakeCamera(1), streams: streams.map(([role, state]) => [role, state]) };
  const { text, isWarning } = streamSentence(camera as ReturnType<typeof fakeCamera>);
  expect(isWarning ? `▲ ${text}` : text).toBe(expected);
});
