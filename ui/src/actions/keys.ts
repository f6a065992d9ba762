import type { App } from "../state/app.svelte";
import type { Action } from "./action";
import { shortcutOf } from "./bindings";
import { ACTIONS } from "./registry";
import { isCharacter, strokeOf } from "./shortcut";
import { jump } from "./wall";

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
  /** The strokes so far of a shortcut that has more. */
  #begun = "";

  constructor(app: App) {
    this.#app = app;
  }

  readonly down = (event: KeyboardEvent): void => {
    const { carry, screen } = this.#app;
    const stroke = strokeOf(event);
    if (stroke === null || screen.overlay !== null || !isForUs(event)) return;
    if (carry.isActive) {
      if (this.#carry(stroke)) event.preventDefault();
      return;
    }
    // What is typed so far belongs to Enter and Escape, wherever the focus is.
    const isJump = screen.view === "wall" && !event.repeat && this.#typeNumber(stroke);
    const isFree = !isJump && !isClaimed(stroke, event.target);
    if (isJump || (isFree && this.#press(stroke, event.repeat))) event.preventDefault();
  };

  /** While a tile is carried, keys are for that alone. */
  #carry(stroke: string): boolean {
    const { carry } = this.#app;
    const step = STEPS[stroke];
    if (step !== undefined) carry.step(...step);
    else if (/^[0-9]$/.test(stroke)) carry.type(stroke);
    else if (stroke === "Enter") void carry.drop();
    else if (stroke === "Escape") carry.cancel();
    else return false;
    return true;
  }

  #typeNumber(stroke: string): boolean {
    const { screen } = this.#app;
    if (/^[0-9]$/.test(stroke) && shortcutOf(this.#app, jump.id) !== "") {
      screen.jump = (screen.jump + stroke).slice(0, MAX_DIGITS);
    } else if (screen.jump === "") return false;
    else if (stroke === "Enter") jump.run(this.#app);
    else if (stroke === "Backspace") screen.jump = screen.jump.slice(0, -1);
    else if (stroke === "Escape") screen.jump = "";
    else return false;
    return true;
  }

  #press(stroke: string, isRepeat: boolean): boolean {
    const pressed = this.#begun === "" ? stroke : `${this.#begun} ${stroke}`;
    const shortcuts = ACTIONS.map(({ id }) => shortcutOf(this.#app, id));
    const isBegun = shortcuts.some((shortcut) => shortcut.startsWith(`${pressed} `));
    this.#begun = isBegun ? pressed : "";
    const action = this.#meant(pressed);
    if (action?.enabled(this.#app) !== true) return isBegun;
    // A letter held down would switch something on and off many times a second.
    if (!isRepeat || !isCharacter(stroke) || action.repeats === true) action.run(this.#app);
    return true;
  }

  /** What has this shortcut, or its meaning for a while. */
  #meant(pressed: string): Action | undefined {
    // Where plus takes Shift, its key alone will do.
    const keys = pressed === "=" ? ["=", "+"] : [pressed];
    const found = ACTIONS.filter(({ id }) => keys.includes(shortcutOf(this.#app, id)));
    const isOn = ({ mode, enabled }: Action) => mode !== undefined && enabled(this.#app) === true;
    return found.find(isOn) ?? found.find(({ mode }) => mode === undefined);
  }
}

function isForUs(event: KeyboardEvent): boolean {
  const isComposing = event.isComposing || event.keyCode === 229;
  const isText =
    event.target instanceof Element &&
    event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select") !== null;
  return !isComposing && !isText && !event.defaultPrevented;
}

/** Whether the focused control has a meaning of its own for the key. */
function isClaimed(stroke: string, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (stroke === "Enter" || stroke === "Space") return target.closest("button, a, input") !== null;
  return stroke.startsWith("Arrow") && target.closest("input") !== null;
}
