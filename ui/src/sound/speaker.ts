import type { Sound } from "../connection/listening";
import { Schedule } from "./schedule";

/** Where sound is heard. */
export interface Speaker {
  /** As soon as it can be played evenly or, where that is said, in so many seconds. */
  play(sound: Sound, wait?: number): void;
  /** Whatever is being played, and waits to be, is not. */
  silence(): void;
  /** It is not used again. */
  close(): void;
}

/** The speaker of this machine. To be made while a key or a button is pressed: browsers want that. */
export class MachineSpeaker implements Speaker {
  readonly #context = new AudioContext({ latencyHint: "interactive" });
  readonly #schedule = new Schedule();
  /** Being played, or waiting to be. */
  readonly #placed = new Set<AudioBufferSourceNode>();

  play({ rate, channels, samples }: Sound, wait?: number): void {
    const length = samples.length / channels;
    // Until the machine lets it play, its clock stands still.
    if (length === 0 || this.#context.state !== "running") return;
    const { currentTime: now } = this.#context;
    const start =
      wait === undefined
        ? this.#schedule.place(length / rate, now)
        : this.#schedule.placeDue(length / rate, now, now + wait);
    if (start === null) return;
    const buffer = this.#context.createBuffer(channels, length, rate);
    for (let channel = 0; channel < channels; channel++) {
      const wanted = buffer.getChannelData(channel);
      for (let i = 0; i < length; i++) wanted[i] = (samples[i * channels + channel] ?? 0) / 0x8000;
    }
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.onended = () => this.#placed.delete(source);
    this.#placed.add(source);
    source.start(start);
  }

  silence(): void {
    for (const source of this.#placed) source.stop();
    this.#placed.clear();
    this.#schedule.clear();
  }

  close(): void {
    this.silence();
    this.#context.close().catch((reason) => console.warn("The speaker does not close:", reason));
  }
}
