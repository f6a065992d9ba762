/** From when to when, in ms by the viewer's clock. */
export interface Span {
  from: number;
  to: number;
}

/** So much before the moment, and after it, where nothing is chosen. */
const AROUND_MS = 120_000;

/** The span chosen on the timeline, to be handed on or kept; an end that was not chosen is `null`. */
export class Range {
  from = $state<number | null>(null);
  to = $state<number | null>(null);
  /** Whether a pointer changes it. */
  isDragged = $state(false);

  get isSet(): boolean {
    return this.from !== null || this.to !== null;
  }

  /** An end that it had before its begin is none. */
  begin(at: number): void {
    this.from = at;
    if (this.to !== null && this.to <= at) this.to = null;
  }

  /** A begin that it had after its end is none. */
  end(at: number): void {
    this.to = at;
    if (this.from !== null && this.from >= at) this.from = null;
  }

  /** From one moment to another, whichever is first; not of no length. */
  choose(one: number, other: number): void {
    if (one === other) return;
    this.from = Math.min(one, other);
    this.to = Math.max(one, other);
  }

  clear(): void {
    this.from = null;
    this.to = null;
  }

  /** The chosen span, where `at` is the end that was not chosen; else the minutes around it. Nothing of it is later than `now`. */
  around(at: number, now: number): Span {
    const { from, to } = this;
    if (from !== null && to !== null) return { from, to };
    if (from !== null) return { from, to: at > from ? at : Math.min(now, from + AROUND_MS) };
    if (to !== null) return { from: at < to ? at : to - AROUND_MS, to };
    return { from: at - AROUND_MS, to: Math.min(now, at + AROUND_MS) };
  }
}
