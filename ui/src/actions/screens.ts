import { m } from "../messages";
import type { Camera, StreamAddress, Volume } from "../protocol";
import type { Overlay, View } from "../state/screen.svelte";
import type { Action } from "./action";
import { always, ifConnected } from "./conditions";

export const goToWall = goTo("wall", "g w", () => m.view_wall());
export const goToEvents = goTo("events", "g e", () => m.view_events());
export const goToCameras = goTo("cameras", "g c", () => m.view_cameras());
export const goToStorage = goTo("storage", "g v", () => m.view_storage());
export const goToSettings = goTo("settings", "g s", () => m.view_settings());

export const help: Action = {
  id: "help",
  label: () => m.action_help(),
  shortcut: "?",
  enabled: always,
  run: ({ screen }) => {
    screen.overlay = { kind: "help" };
  },
};

export const openPalette: Action = {
  id: "palette",
  label: () => m.action_palette(),
  shortcut: "/",
  enabled: always,
  run: ({ screen }) => {
    screen.overlay = { kind: "palette" };
  },
};

/** With the tile the camera is for; `null` for the first empty one. */
export const openAddCamera = open(
  "addCamera",
  () => m.action_open_add_camera(),
  (tile: number | null) => ({
    kind: "addCamera",
    tile,
  }),
);

/** With the tile the clip is for; `null` for the first empty one. */
export const openClip = open(
  "clip",
  () => m.action_open_clip(),
  (tile: number | null) => ({
    kind: "clip",
    tile,
  }),
);

export const pickCamera = open(
  "pick",
  () => m.action_pick_camera(),
  (tile: number) => ({
    kind: "pick",
    tile,
  }),
);

/** The same, offered for a tile that may have one already. */
export const pickAnother: Action<number> = {
  ...pickCamera,
  id: "open.pick.another",
  label: () => m.action_pick_another(),
};

export const openLogin = open(
  "login",
  ({ name }: Camera) => m.action_open_login({ name }),
  ({ address }) => ({
    kind: "login",
    camera: address,
  }),
);

/** The same, offered where the camera has just refused the one it had. */
export const fixLogin: Action<Camera> = {
  ...openLogin,
  id: "open.login.fix",
  label: (_, { name }) => m.action_fix_login({ name }),
};

/** The way there, where nothing can be recorded yet. */
export const setUpStorage: Action = {
  ...goToStorage,
  id: "go.storage.setUp",
  label: () => m.action_set_up_storage(),
};

export const openAddVolume = onStorage(
  "addVolume",
  () => m.action_add_volume(),
  () => ({ kind: "addVolume" }),
);

export const openLimits = onStorage(
  "limits",
  ({ path }: Volume) => m.action_open_limits({ path }),
  ({ id }) => ({ kind: "limits", volume: id }),
);

export const openPlan = onStorage(
  "plan",
  ({ name }: { name: string; stream: StreamAddress }) => m.action_open_plan({ name }),
  ({ stream }) => ({ kind: "plan", stream }),
);

function goTo(view: View, shortcut: string, label: () => string): Action {
  return {
    id: `go.${view}`,
    label,
    shortcut,
    enabled: always,
    run: ({ screen }) => {
      screen.view = view;
      screen.isVideoOnly = false;
    },
  };
}

function open<Argument>(
  id: string,
  label: (argument: Argument) => string,
  overlay: (argument: Argument) => Overlay,
): Action<Argument> {
  return {
    id: `open.${id}`,
    label: (_, argument) => label(argument),
    enabled: ifConnected,
    run: ({ screen }, argument) => {
      screen.overlay = overlay(argument);
    },
  };
}

/** Its dialogs lie over the screen they belong to. */
function onStorage<Argument>(
  id: string,
  label: (argument: Argument) => string,
  overlay: (argument: Argument) => Overlay,
): Action<Argument> {
  const action = open(id, label, overlay);
  return {
    ...action,
    run: (app, argument) => {
      goToStorage.run(app);
      return action.run(app, argument);
    },
  };
}
