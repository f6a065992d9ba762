import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { brighter, darker } from "./dim";
import { fewerTiles, moreTiles, nextLayout, previousLayout } from "./layouts";
import { goToCameras, goToSettings, goToWall, help } from "./screens";
import { toggleSound } from "./sound";
import { carryTile, takeOffTile, toggleSpot } from "./tiles";
import {
  back,
  fillTiles,
  jump,
  maximise,
  selectDown,
  selectLeft,
  selectRight,
  selectUp,
  toggleStatistics,
  videoOnly,
} from "./wall";
import { ZOOM_KEYED, zoom } from "./zoom";

/** Every action that has keys, in the order the help lists them. */
export const KEYED: Action[] = [
  jump,
  selectLeft,
  selectRight,
  selectUp,
  selectDown,
  maximise,
  back,
  videoOnly,
  fillTiles,
  zoom,
  toggleStatistics,
  toggleSound,
  carryTile,
  takeOffTile,
  toggleSpot,
  previousLayout,
  nextLayout,
  fewerTiles,
  moreTiles,
  goToWall,
  goToCameras,
  goToSettings,
  darker,
  brighter,
  help,
];

/** More than any camera's number has. */
const MAX_DIGITS = 6;

const STEPS: Record<string, [across: number, down: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Turns keys into actions, where no control wants them for itself. */
export class Keys {
  readonly #app: App;
  /** The first of two keys. */
  #first = "";

  constructor(app: App) {
    this.#app = app;
  }

  readonly down = (event: KeyboardEvent): void => {
    const { screen } = this.#app;
    if (screen.overlay !== null || !isForUs(event)) return;
    const key = latin(event);
    if (this.#app.carry.isActive) {
      if (this.#carry(key)) event.preventDefault();
      return;
    }
    // What is typed so far belongs to Enter and Escape, wherever the focus is.
    const isJump = screen.view === "wall" && this.#typeNumber(key);
    if (isJump || (!isClaimed(key, event.target) && this.#press(key))) event.preventDefault();
  };

  /** While a tile is carried, keys are for that alone. */
  #carry(key: string): boolean {
    const { carry } = this.#app;
    const step = STEPS[key];
    if (step !== undefined) carry.step(...step);
    else if (/^[0-9]$/.test(key)) carry.type(key);
    else if (key === "Enter") void carry.drop();
    else if (key === "Escape") carry.cancel();
    else return false;
    return true;
  }

  #typeNumber(key: string): boolean {
    const { screen } = this.#app;
    if (/^[0-9]$/.test(key)) screen.jump = (screen.jump + key).slice(0, MAX_DIGITS);
    else if (screen.jump === "") return false;
    else if (key === "Enter") jump.run(this.#app);
    else if (key === "Backspace") screen.jump = screen.jump.slice(0, -1);
    else if (key === "Escape") screen.jump = "";
    else return false;
    return true;
  }

  #press(key: string): boolean {
    const keys = this.#first === "" ? key : `${this.#first} ${key}`;
    const isFirst = KEYED.some(({ shortcut }) => shortcut?.startsWith(`${keys} `));
    this.#first = isFirst ? keys : "";
    const action = this.#zooming(keys) ?? KEYED.find(({ shortcut }) => shortcut === keys);
    if (action?.enabled(this.#app) !== true) return isFirst;
    action.run(this.#app);
    return true;
  }

  /** What the keys mean while a zoom has them. */
  #zooming(keys: string): Action | undefined {
    // Where plus takes Shift, its key alone will do.
    const key = keys === "=" ? "+" : keys;
    return ZOOM_KEYED.find(
      ({ shortcut, enabled }) => shortcut === key && enabled(this.#app) === true,
    );
  }
}

function isForUs(event: KeyboardEvent): boolean {
  const isComposing = event.isComposing || event.keyCode === 229;
  const hasModifier = event.ctrlKey || event.altKey || event.metaKey;
  const isText =
    event.target instanceof Element &&
    event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select") !== null;
  return !isComposing && !hasModifier && !isText && !event.defaultPrevented;
}

/** Whether the focused control has a meaning of its own for the key. */
function isClaimed(key: string, target: EventTarget | null): boolean {
  const isOwn = key === "Enter" || key === " " || key.startsWith("Arrow");
  return isOwn && target instanceof Element && target.closest("button, a, input") !== null;
}

/**
 * The letter on the key where it is Latin; else the one a Latin keyboard has
 * there. Keys that turn pages are others with Shift.
 */
function latin({ key, code, shiftKey }: KeyboardEvent): string {
  if (key.length > 1) return shiftKey && key.startsWith("Page") ? `Shift+${key}` : key;
  if (/^[ -~]$/.test(key)) return key.toLowerCase();
  return code.replace(/^(Key|Digit)/, "").toLowerCase();
}
