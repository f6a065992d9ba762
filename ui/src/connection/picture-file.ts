import { invoke } from "@tauri-apps/api/core";
import { DesktopDoor } from "./desktop";

/** Hands a JPEG, in Base64, to the person; where it is then, where that is known. */
export type KeepPicture = (name: string, jpeg: string) => Promise<string | null>;

/** A browser that takes longer to begin a download has lost it. */
const TAKEN_MS = 60_000;

/** As this machine does it. May reject. */
export function keepPicture(name: string, jpeg: string): Promise<string | null> {
  return DesktopDoor.isHere() ? keepInWindow(name, jpeg) : download(name, jpeg);
}

/** The window's process writes it to where the person's pictures are. */
function keepInWindow(name: string, jpeg: string): Promise<string> {
  return invoke<string>("keep_picture", { name, jpeg });
}

/** A browser asks, or knows, where to. */
async function download(name: string, jpeg: string): Promise<null> {
  const bytes = Uint8Array.from(atob(jpeg), (letter) => letter.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), TAKEN_MS);
  return null;
}
