import { nowMs } from "../connection/clock";
import { m, number } from "../messages";
import type { Neighbours } from "../protocol";
import type { App } from "../state/app.svelte";
import { SPEEDS } from "../state/playback.svelte";
import type { Tile } from "../state/tile.svelte";
import { momentText } from "../timeline/texts";
import type { Action } from "./action";
import { all, ifConnected, ifOnWall } from "./conditions";
import { hasFootage, ifRecorded } from "./range";

/** How far one press goes back from what is live; further presses add to it. */
const REPLAY_MS = 30_000;
const JUMP_MS = 10_000;

export const replay: Action = {
  id: "playback.replay",
  label: () => m.action_replay(),
  shortcut: "r",
  repeats: true,
  enabled: ifPossible,
  run: ({ playback }) => playback.seek(playback.timeAt(nowMs()) - REPLAY_MS),
};

export const playPause: Action = {
  id: "playback.toggle",
  label: ({ playback }) =>
    playback.isOn && !playback.isPlaying ? m.action_play() : m.action_pause(),
  shortcut: "Space",
  enabled: ifPossible,
  run: ({ playback }) => playback.toggle(),
};

export const goLive: Action = {
  id: "playback.live",
  label: () => m.action_go_live(),
  shortcut: "l",
  enabled: ({ playback }) => playback.isOn || m.is_live(),
  run: ({ playback }) => playback.leave(),
};

/** One moment for all tiles, or for each its own. */
export const syncTiles: Action = {
  id: "playback.sync",
  label: () => m.action_sync_tiles(),
  shortcut: "y",
  enabled: ifOnWall,
  run: ({ playbacks }) => playbacks.toggle(),
};

export const jumpBack: Action = {
  id: "playback.back10",
  label: () => m.action_jump_back({ seconds: number(JUMP_MS / 1000) }),
  shortcut: "Shift+ArrowLeft",
  enabled: ifPossible,
  run: ({ playback }) => playback.seek(playback.timeAt(nowMs()) - JUMP_MS),
};

export const jumpForward: Action = {
  id: "playback.forward10",
  label: () => m.action_jump_forward({ seconds: number(JUMP_MS / 1000) }),
  shortcut: "Shift+ArrowRight",
  enabled: ifOn,
  run: ({ playback }) => playback.seek(playback.timeAt(nowMs()) + JUMP_MS),
};

export const stepBack: Action = step("stepBack", ",", () => m.action_step_back(), -1);
export const stepForward: Action = step("stepForward", ".", () => m.action_step_forward(), 1);

export const slower: Action = change("slower", "-", () => m.action_slower(), -1);
export const faster: Action = change("faster", "=", () => m.action_faster(), 1);

export const previousRecording: Action = seekTo(
  "previous",
  "Alt+Shift+ArrowLeft",
  () => m.action_previous_recording(),
  ({ beginBefore }) => beginBefore,
);
export const nextRecording: Action = seekTo(
  "next",
  "Alt+Shift+ArrowRight",
  () => m.action_next_recording(),
  ({ beginAfter }) => beginAfter,
);

/** To a moment, in ms of the viewer's clock. */
export const goToTime: Action<number> = {
  id: "playback.goTo",
  label: (_, time) => momentText(time),
  enabled: (app) => all(hasFootage(app), ifConnected(app)),
  run: ({ playback, screen }, time) => {
    screen.view = "wall";
    playback.seek(time);
  },
};

/** The last of what tiles show is kept in memory, so no volume is needed. */
function ifPossible(app: App): true | string {
  const isSomething = app.playbacks.isSynced || chosen(app)?.camera != null;
  return all(ifOnWall(app), isSomething || m.no_camera_selected(), ifConnected(app)) as
    | true
    | string;
}

function ifOn(app: App): true | string {
  return all(ifOnWall(app), app.playback.isOn || m.only_in_playback(), ifConnected(app)) as
    | true
    | string;
}

function step(name: string, shortcut: string, label: () => string, pictures: number): Action {
  return {
    id: `playback.${name}`,
    label,
    shortcut,
    repeats: true,
    enabled: (app) => all(ifOn(app), chosen(app)?.camera != null || m.no_camera_selected()),
    run: (app) => {
      const subscription = chosen(app)?.subscription ?? null;
      if (subscription !== null) app.playback.step(subscription, pictures);
    },
  };
}

function change(name: string, shortcut: string, label: () => string, by: number): Action {
  const target = ({ playback }: App) => SPEEDS[SPEEDS.indexOf(playback.speed) + by];
  return {
    id: `playback.${name}`,
    label,
    shortcut,
    repeats: true,
    enabled: (app) => all(ifOn(app), target(app) !== undefined || m.no_further()),
    run: (app) => app.playback.setSpeed(target(app) ?? app.playback.speed),
  };
}

/** Goes to where something of the selected camera is. */
function seekTo(
  name: string,
  shortcut: string,
  label: () => string,
  choose: (neighbours: Neighbours) => number | null,
): Action {
  return {
    id: `playback.${name}`,
    label,
    shortcut,
    enabled: (app) =>
      all(ifRecorded(app), ifConnected(app), chosen(app)?.camera != null || m.no_camera_selected()),
    run: async (app) => {
      const { clock, playback, screen } = app;
      const camera = chosen(app)?.camera?.address;
      if (camera === undefined) return;
      const at = Math.round(clock.toServer(playback.timeAt(nowMs())));
      const reply = await app.perform({ kind: "neighbours", camera, at });
      if (reply?.kind !== "neighbours") return;
      const found = choose(reply.neighbours);
      if (found === null) screen.toast = { text: m.no_recording_there() };
      else playback.seek(clock.toViewerMs(found));
    },
  };
}

function chosen({ wall }: App): Tile | null {
  return wall.alone ?? wall.selected;
}
