/** How long the first sound waits for the next: what comes unevenly is played evenly. */
const LEAD_S = 0.2;
/** Sound that would be heard later than this after it came is not played … */
const MAX_AHEAD_S = 0.5;
/** … nor is what follows, until the rest is this close. */
const RESUMED_AHEAD_S = 0.25;

/** What is due by so little earlier or later than it follows on is played without a gap. */
const SLACK_S = 0.03;
/** What is due later than that is of another time. */
const MAX_EARLY_S = 1;

/** When sounds are played, one right after the other. Times are seconds by whose clock plays them. */
export class Schedule {
  /** When what was placed so far ends. */
  #end: number | null = null;
  #isSkipping = false;

  /** When a sound of this duration, which has just come, is to start; `null` where it is not to be played. */
  place(duration: number, now: number): number | null {
    // Before the first sound, and after a gap.
    if (this.#end === null || this.#end < now) this.#end = now + LEAD_S;
    const ahead = this.#end - now;
    this.#isSkipping = ahead > (this.#isSkipping ? RESUMED_AHEAD_S : MAX_AHEAD_S);
    if (this.#isSkipping) return null;
    const start = this.#end;
    this.#end += duration;
    return start;
  }

  /** When a sound of this duration is to start that is due then; `null` where it is too late, or much too early. */
  placeDue(duration: number, now: number, due: number): number | null {
    const end = this.#end ?? due;
    const start = Math.abs(due - end) <= SLACK_S ? end : due;
    // Two sounds are not played at once.
    if (start < Math.max(now, end) || start > now + MAX_EARLY_S) return null;
    this.#end = start + duration;
    return start;
  }

  /** Nothing placed so far will be played. */
  clear(): void {
    this.#end = null;
    this.#isSkipping = false;
  }
}
