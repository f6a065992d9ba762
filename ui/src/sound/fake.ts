import type { Sound } from "../connection/listening";
import type { Speaker } from "./speaker";

/** A speaker that remembers what it should be playing. */
export class FakeSpeaker implements Speaker {
  played: Sound[] = [];
  /** In how many seconds each of them is to be heard, where that was said. */
  waits: (number | undefined)[] = [];
  isClosed = false;

  play(sound: Sound, wait?: number): void {
    this.played.push(sound);
    this.waits.push(wait);
  }

  silence(): void {
    this.played = [];
    this.waits = [];
  }

  close(): void {
    this.silence();
    this.isClosed = true;
  }
}
