import type { CameraAddress, MotionLine, MotionSettings, MotionZone } from "../protocol";
import type { Point } from "./zoom";

/** Of a camera, so many at most. */
export const MAX_SHAPES = 32;
export const MAX_CORNERS = 64;
const MIN_CORNERS = 3;

/** So many changes can be taken back. */
const MAX_UNDONE = 100;

export type ShapeKind = "zone" | "mask" | "line";

/** One zone, mask or line: the how manieth of its kind. */
export interface ShapeId {
  kind: ShapeKind;
  index: number;
}

/** What is looked for in the pictures of a camera, while somebody changes it. */
export class MotionDraft {
  readonly camera: CameraAddress;
  settings = $state.raw<MotionSettings>({ mode: "auto", zones: [], masks: [], lines: [] });
  chosen = $state.raw<ShapeId | null>(null);
  readonly #begun: MotionSettings;
  #before = $state.raw<MotionSettings[]>([]);

  constructor(camera: CameraAddress, settings: MotionSettings) {
    this.camera = camera;
    this.settings = settings;
    this.#begun = settings;
    if (settings.zones.length > 0) this.chosen = { kind: "zone", index: 0 };
  }

  get isChanged(): boolean {
    return JSON.stringify(this.settings) !== JSON.stringify(this.#begun);
  }

  get canUndo(): boolean {
    return this.#before.length > 0;
  }

  /** Where the shape's corners, or the line's ends, are; none where it is the whole picture. */
  points({ kind, index }: ShapeId): Point[] {
    const { zones, masks, lines } = this.settings;
    if (kind === "zone") return zones[index]?.corners ?? [];
    if (kind === "mask") return masks[index] ?? [];
    const line = lines[index];
    return line === undefined ? [] : [line.from, line.to];
  }

  /** As they are listed. */
  get shapes(): ShapeId[] {
    const { zones, masks, lines } = this.settings;
    const of = (kind: ShapeKind, all: unknown[]) => all.map((_, index) => ({ kind, index }));
    return [...of("zone", zones), ...of("mask", masks), ...of("line", lines)];
  }

  get zone(): MotionZone | null {
    const { chosen } = this;
    return chosen?.kind === "zone" ? (this.settings.zones[chosen.index] ?? null) : null;
  }

  get line(): MotionLine | null {
    const { chosen } = this;
    return chosen?.kind === "line" ? (this.settings.lines[chosen.index] ?? null) : null;
  }

  canAdd(kind: ShapeKind): boolean {
    return this.#allOf(kind).length < MAX_SHAPES;
  }

  /** Adds one in the middle of the picture, which is then chosen. */
  add(kind: ShapeKind): void {
    const { zones, masks, lines } = this.settings;
    const index = this.#allOf(kind).length;
    if (kind === "zone") this.change({ zones: [...zones, { ...WHOLE_ZONE, corners: SQUARE }] });
    else if (kind === "mask") this.change({ masks: [...masks, SQUARE] });
    else this.change({ lines: [...lines, ACROSS] });
    this.chosen = { kind, index };
  }

  removeShape({ kind, index }: ShapeId): void {
    const { zones, masks, lines } = this.settings;
    if (kind === "zone") this.change({ zones: zones.toSpliced(index, 1) });
    else if (kind === "mask") this.change({ masks: masks.toSpliced(index, 1) });
    else this.change({ lines: lines.toSpliced(index, 1) });
    this.chosen = null;
  }

  /** To be called before a movement of which only the end can be taken back. */
  begin(): void {
    this.#before = [...this.#before, this.settings].slice(-MAX_UNDONE);
  }

  movePoint(shape: ShapeId, at: number, to: Point): void {
    this.#setPoints(shape, this.points(shape).with(at, inside(to)));
  }

  /** As far as all of it stays in the picture. */
  moveShape(shape: ShapeId, by: Point): void {
    const points = this.points(shape);
    const within = (axis: "x" | "y") => {
      const places = points.map((point) => point[axis]);
      return Math.min(Math.max(by[axis], -Math.min(...places)), 1 - Math.max(...places));
    };
    const step = { x: within("x"), y: within("y") };
    this.#setPoints(
      shape,
      points.map(({ x, y }) => inside({ x: x + step.x, y: y + step.y })),
    );
  }

  canAddCorner(shape: ShapeId): boolean {
    return shape.kind !== "line" && this.points(shape).length < MAX_CORNERS;
  }

  /** Adds a corner halfway to the next; its number. */
  addCorner(shape: ShapeId, after: number): number {
    const points = this.points(shape);
    const [one, other] = [points[after], points[(after + 1) % points.length]];
    if (one === undefined || other === undefined || !this.canAddCorner(shape)) return after;
    this.begin();
    this.#setPoints(shape, points.toSpliced(after + 1, 0, between(one, other)));
    return after + 1;
  }

  canRemoveCorner(shape: ShapeId): boolean {
    return shape.kind !== "line" && this.points(shape).length > MIN_CORNERS;
  }

  removeCorner(shape: ShapeId, at: number): void {
    if (!this.canRemoveCorner(shape)) return;
    this.begin();
    this.#setPoints(shape, this.points(shape).toSpliced(at, 1));
  }

  changeZone(change: Partial<MotionZone>): void {
    const { chosen, zone } = this;
    if (chosen === null || zone === null) return;
    this.change({ zones: this.settings.zones.with(chosen.index, { ...zone, ...change }) });
  }

  changeLine(change: Partial<MotionLine>): void {
    const { chosen, line } = this;
    if (chosen === null || line === null) return;
    this.change({ lines: this.settings.lines.with(chosen.index, { ...line, ...change }) });
  }

  change(change: Partial<MotionSettings>): void {
    this.begin();
    this.settings = { ...this.settings, ...change };
  }

  undo(): void {
    const last = this.#before.at(-1);
    if (last === undefined) return;
    this.#before = this.#before.slice(0, -1);
    this.settings = last;
    const { chosen } = this;
    if (chosen !== null && this.#allOf(chosen.kind)[chosen.index] === undefined) this.chosen = null;
  }

  #allOf(kind: ShapeKind): unknown[] {
    const { zones, masks, lines } = this.settings;
    return { zone: zones, mask: masks, line: lines }[kind];
  }

  #setPoints({ kind, index }: ShapeId, points: Point[]): void {
    const { zones, masks, lines } = this.settings;
    const [zone, line, [from, to]] = [zones[index], lines[index], points];
    if (kind === "zone" && zone !== undefined) {
      this.settings = { ...this.settings, zones: zones.with(index, { ...zone, corners: points }) };
    } else if (kind === "mask") {
      this.settings = { ...this.settings, masks: masks.with(index, points) };
    } else if (line !== undefined && from !== undefined && to !== undefined) {
      this.settings = { ...this.settings, lines: lines.with(index, { ...line, from, to }) };
    }
  }
}

/** With what the server looks for where no zone is set up. */
const WHOLE_ZONE: MotionZone = {
  name: "",
  corners: null,
  sensitivity: 80,
  minSize: 0,
  maxSize: 1,
  minSeconds: 0,
  direction: null,
  loiteringSeconds: null,
  schedule: null,
};

const SQUARE: Point[] = [
  { x: 0.3, y: 0.3 },
  { x: 0.7, y: 0.3 },
  { x: 0.7, y: 0.7 },
  { x: 0.3, y: 0.7 },
];

const ACROSS: MotionLine = {
  name: "",
  from: { x: 0.5, y: 0.75 },
  to: { x: 0.5, y: 0.25 },
  sense: "both",
};

function between(one: Point, other: Point): Point {
  return inside({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
}

/** In the picture, by the ten-thousandth. */
function inside({ x, y }: Point): Point {
  const clamp = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1e4) / 1e4;
  return { x: clamp(x), y: clamp(y) };
}
