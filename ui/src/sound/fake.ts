import type { Sound } from "../connection/listening";
import type { Speaker } from "./speaker";

/** A speaker that remembers what it should be playing. */
export class FakeSpeaker implements Speaker {
  played: Sound[] = [];
  isClosed = false;

  play(sound: Sound): void {
    this.played.push(sound);
  }

  silence(): void {
    this.played = [];
  }

  close(): void {
    this.silence();
    this.isClosed = true;
  }
}
