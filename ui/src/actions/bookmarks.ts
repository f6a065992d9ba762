import { nowMs } from "../connection/clock";
import { m, timeOfDay } from "../messages";
import type { Bookmark, Failure, NewBookmark } from "../protocol";
import type { App } from "../state/app.svelte";
import { chosenFootage, type Footage } from "../state/footage";
import type { Action } from "./action";
import { all, ifConnected } from "./conditions";
import { ifRecorded } from "./range";
import { showCamera } from "./show";

/** What is at a bookmark is not before it: it goes on while somebody looks. */
const AT_MS = 1000;
/** What is handed on of a moment: so much before it, and after. */
const AROUND_MS = 60_000;

/** Marks what the selected tile shows now, in one stroke. */
export const addBookmark: Action = {
  id: "bookmark.add",
  label: () => m.action_bookmark(),
  shortcut: "b",
  enabled: (app) => all(ifBookmarks(app), selected(app) !== null || m.no_camera_selected()),
  run: async (app) => {
    const camera = selected(app);
    if (camera === null) return;
    const at = app.playback.timeAt(nowMs());
    const from = Math.round(app.clock.toServer(at));
    const name = m.bookmark_default({ camera: camera.name, time: timeOfDay(at) });
    const cameras = [camera.address];
    const bookmark = { cameras, from, to: from, name, note: "" };
    const reply = await app.perform({ kind: "addBookmark", bookmark });
    if (reply?.kind !== "bookmark") return;
    const { id } = reply.bookmark;
    app.screen.toast = {
      text: m.bookmarked({ name }),
      undo: () => void app.perform({ kind: "removeBookmark", id }),
    };
  },
};

/** With the one that is to be changed; `null` for another one of what is chosen. */
export const openBookmark: Action<Bookmark | null> = {
  id: "open.bookmark",
  label: (_, bookmark) =>
    bookmark === null
      ? m.action_open_bookmark()
      : m.action_change_bookmark({ name: bookmark.marked.name }),
  shortcut: "Shift+b",
  enabled: ifBookmarks,
  run: (app, bookmark) => {
    const footage = bookmark === null ? wanted(app) : markedOf(app, bookmark);
    app.screen.overlay = { kind: "bookmark", bookmark, footage };
  },
};

/** Its answer is shown where it was typed. */
export async function keepBookmark(
  app: App,
  id: number | null,
  bookmark: NewBookmark,
): Promise<Failure | null> {
  const { connection } = app;
  const outcome = await (id === null
    ? connection.command({ kind: "addBookmark", bookmark })
    : connection.command({ kind: "setBookmark", id, bookmark }));
  return outcome.kind === "failed" ? outcome.failure : null;
}

export const removeBookmark: Action<Bookmark> = {
  id: "bookmark.remove",
  label: (_, { marked }) => m.action_remove({ name: marked.name }),
  enabled: ifConnected,
  run: async (app, { id, marked }) => {
    if ((await app.perform({ kind: "removeBookmark", id })) === null) return;
    app.screen.toast = {
      text: m.bookmark_removed({ name: marked.name }),
      undo: () => void app.perform({ kind: "addBookmark", bookmark: marked }),
    };
  },
};

/** Goes there, with its span as the range, and to one of its cameras where none is on the wall. */
export const showBookmark: Action<Bookmark> = {
  id: "bookmark.show",
  label: (_, { marked }) => marked.name,
  enabled: ifBookmarks,
  run: (app, bookmark) => {
    const { cameras, from, to } = markedOf(app, bookmark);
    const known = cameras.flatMap((address) => app.cameras.get(address) ?? []);
    const isShown = known.some(({ address }) => app.wall.indexOf(address) >= 0);
    const [first] = known;
    if (!isShown && first !== undefined) showCamera.run(app, first);
    app.range.choose(from, to);
    app.timeline.seek(from);
  },
};

export const previousBookmark: Action = goTo(
  "previous",
  "Ctrl+Shift+ArrowLeft",
  () => m.action_previous_bookmark(),
  (all, at) => all.findLast(({ marked }) => marked.from < at - AT_MS * 1000),
);
export const nextBookmark: Action = goTo(
  "next",
  "Ctrl+Shift+ArrowRight",
  () => m.action_next_bookmark(),
  (all, at) => all.find(({ marked }) => marked.from > at),
);

/** All of them, to go to. */
export const openBookmarks: Action = {
  id: "open.bookmarks",
  label: () => m.bookmarks(),
  shortcut: "g b",
  enabled: ifBookmarks,
  run: ({ screen }) => {
    // They lie beside the timeline.
    screen.isVideoOnly = false;
    screen.overlay = { kind: "bookmarks" };
  },
};

/** What of a bookmark is handed on. */
export function footageOf(app: App, bookmark: Bookmark): Footage {
  const { cameras, from, to } = markedOf(app, bookmark);
  if (from < to) return { cameras, from, to };
  return { cameras, from: from - AROUND_MS, to: Math.min(nowMs(), to + AROUND_MS) };
}

function ifBookmarks(app: App): true | false | string {
  return all(ifRecorded(app), ifConnected(app));
}

function markedOf({ clock }: App, { marked }: Bookmark): Footage {
  const { cameras, from, to } = marked;
  return { cameras, from: clock.toViewerMs(from), to: clock.toViewerMs(to) };
}

/** The range, if there is one; else what the selected tile shows now. */
function wanted(app: App): Footage {
  if (app.range.isSet) return chosenFootage(app);
  const at = app.playback.timeAt(nowMs());
  const camera = selected(app);
  return { cameras: camera === null ? [] : [camera.address], from: at, to: at };
}

function goTo(
  name: string,
  shortcut: string,
  label: () => string,
  choose: (all: Bookmark[], at: number) => Bookmark | undefined,
): Action {
  return {
    id: `bookmark.${name}`,
    label,
    shortcut,
    enabled: ifBookmarks,
    run: (app) => {
      const { bookmarks, clock, playback, screen, wall } = app;
      const shown = wall.shown.flatMap(({ camera }) => camera?.address ?? []);
      const found = choose(bookmarks.of(shown), clock.toServer(playback.timeAt(nowMs())));
      if (found === undefined) screen.toast = { text: m.no_bookmark_there() };
      else showBookmark.run(app, found);
    },
  };
}

function selected({ wall }: App) {
  return (wall.alone ?? wall.selected)?.camera ?? null;
}
