import { m } from "../messages";
import { type Action, settled } from "./action";
import {
  addBookmark,
  nextBookmark,
  openBookmark,
  openBookmarks,
  previousBookmark,
} from "./bookmarks";
import { addDemo } from "./cameras";
import { brighter, darker } from "./dim";
import { nextEvent, previousEvent, reportEvent } from "./events";
import { openAddEvidence } from "./evidence";
import { openExport } from "./exports";
import {
  addLayout,
  fewerTiles,
  moreTiles,
  nextLayout,
  openLayouts,
  previousLayout,
} from "./layouts";
import { openMotion } from "./motion";
import { openMotionSearch } from "./motion-search";
import {
  faster,
  goLive,
  jumpBack,
  jumpForward,
  nextRecording,
  playPause,
  previousRecording,
  replay,
  slower,
  stepBack,
  stepForward,
  syncTiles,
} from "./playback";
import { clearRange, markIn, markOut } from "./range";
import {
  goToCameras,
  goToEvents,
  goToSettings,
  goToStorage,
  goToWall,
  help,
  openAddCamera,
  openAddVolume,
  openClip,
  openPalette,
} from "./screens";
import { selectFirst, selectLast, selectRowEnd, selectRowStart } from "./selection";
import { toggleSound } from "./sound";
import { takeStill } from "./stills";
import { carryTile, takeOffTile, toggleSpot } from "./tiles";
import { TIMELINE_KEYED, toggleLanes } from "./timeline";
import { undo } from "./undo";
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

/** Actions that belong together. */
export interface Group {
  label: () => string;
  actions: Action[];
  /** Not to be offered in a list: whoever reads one need not step through tiles. */
  isKeysOnly?: boolean;
}

/** Every action that has, or may be given, a shortcut, in the order the help lists them. */
export const GROUPS: Group[] = [
  { label: m.group_find, actions: [openPalette, jump], isKeysOnly: true },
  {
    label: m.group_selection,
    actions: [
      selectLeft,
      selectRight,
      selectUp,
      selectDown,
      selectRowStart,
      selectRowEnd,
      selectFirst,
      selectLast,
    ],
    isKeysOnly: true,
  },
  {
    label: m.view_wall,
    actions: [
      maximise,
      back,
      videoOnly,
      fillTiles,
      zoom,
      toggleStatistics,
      toggleSound,
      takeStill,
      toggleSpot,
      carryTile,
      takeOffTile,
      settled(openMotion, null),
      openMotionSearch,
      reportEvent,
    ],
  },
  {
    label: m.group_playback,
    actions: [
      replay,
      playPause,
      goLive,
      syncTiles,
      jumpBack,
      jumpForward,
      stepBack,
      stepForward,
      slower,
      faster,
      previousEvent,
      nextEvent,
      previousRecording,
      nextRecording,
      markIn,
      markOut,
      clearRange,
      addBookmark,
      settled(openBookmark, null),
      openBookmarks,
      previousBookmark,
      nextBookmark,
      settled(openExport, null),
      settled(openAddEvidence, null),
      toggleLanes,
    ],
  },
  { label: m.group_timeline, actions: TIMELINE_KEYED, isKeysOnly: true },
  { label: m.group_zoom, actions: ZOOM_KEYED, isKeysOnly: true },
  {
    label: m.layouts_label,
    actions: [openLayouts, previousLayout, nextLayout, fewerTiles, moreTiles, addLayout],
  },
  {
    label: m.view_cameras,
    actions: [settled(openAddCamera, null), settled(addDemo, null), settled(openClip, null)],
  },
  {
    label: m.view_storage,
    actions: [settled(openAddVolume, undefined)],
  },
  {
    label: m.screens_label,
    actions: [goToWall, goToEvents, goToCameras, goToStorage, goToSettings],
  },
  { label: m.group_general, actions: [darker, brighter, undo, help] },
];

export const ACTIONS = GROUPS.flatMap(({ actions }) => actions);

/** What the palette offers. */
export const COMMANDS = GROUPS.filter(({ isKeysOnly }) => !isKeysOnly).flatMap(
  ({ actions }) => actions,
);
