import type { App } from "../state/app.svelte";

/** One thing a viewer can do, wherever it is offered: button, menu, palette or key. */
export interface Action<Argument = void> {
  /** Kept with the shortcut an owner chose, so it never changes. */
  id: string;
  label(app: App, argument: Argument): string;
  /** The shortcut it is made with, as `shortcut.ts` writes them; an owner may choose another. */
  shortcut?: string;
  /** Where keys have other meanings for a while: such an action goes first while it can be done. */
  mode?: "zoom" | "timeline";
  /** Done over and over while a letter or a sign is held down, as it is for other keys. */
  repeats?: boolean;
  /** Where it cannot be done now: a sentence why, or just `false` where it has no meaning. */
  enabled(app: App, argument: Argument): true | false | string;
  run(app: App, argument: Argument): void | Promise<void>;
}

/** The action for one argument, so that it can have a key and be found. */
export function settled<Argument>(action: Action<Argument>, argument: Argument): Action {
  return {
    ...action,
    label: (app) => action.label(app, argument),
    enabled: (app) => action.enabled(app, argument),
    run: (app) => action.run(app, argument),
  };
}
