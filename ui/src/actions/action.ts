import type { App } from "../state/app.svelte";

/** One thing a viewer can do, wherever it is offered: button, menu or key. */
export interface Action<Argument = void> {
  id: string;
  label(app: App, argument: Argument): string;
  /** The key, as `KeyboardEvent.key` names it; two with a space between are pressed in turn. */
  shortcut?: string;
  /** Where it cannot be done now: a sentence why, or just `false` where it has no meaning. */
  enabled(app: App, argument: Argument): true | false | string;
  run(app: App, argument: Argument): void | Promise<void>;
}
