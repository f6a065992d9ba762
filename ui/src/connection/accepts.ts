import { EXAMPLES } from "../decoding/config";
import type { Delivery } from "../protocol";

/** What a viewer takes, the best first, and the codecs it takes encoded, by FFmpeg's names. */
export interface Accepts {
  accepts: Delivery[];
  codecs: string[];
}

const ALL: Delivery[] = ["encoded", "jpeg", "planes"];

/**
 * What this browser takes: as the camera sends it, where it decodes that, and
 * else files. Every browser shows JPEG; other decoders there are in secure
 * pages only. To look into it, `?delivery=` names the only one to be taken.
 */
export async function browserAccepts(search: string): Promise<Accepts> {
  const asked = new URLSearchParams(search).get("delivery");
  const only = ALL.find((delivery) => delivery === asked);
  const accepts: Delivery[] = only === undefined ? ["encoded", "jpeg"] : [only];
  const found = await Promise.all(
    EXAMPLES.map(async ([name, codec]) => ((await isDecoded(codec)) ? [name] : [])),
  );
  return { accepts, codecs: [...found.flat(), "mjpeg"] };
}

async function isDecoded(codec: string): Promise<boolean> {
  if (!("VideoDecoder" in globalThis)) return false;
  try {
    return (await VideoDecoder.isConfigSupported({ codec })).supported === true;
  } catch (reason) {
    console.warn(`Whether ${codec} is decoded here cannot be told:`, reason);
    return false;
  }
}
