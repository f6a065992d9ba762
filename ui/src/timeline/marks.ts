import type { Bookmark } from "../protocol";
import type { ServerClock } from "../state/server-clock";
import { type Stretch, shareOf } from "../state/stretch";

/** A bookmark on a timeline, as shares of what that shows. */
export interface Mark {
  bookmark: Bookmark;
  from: number;
  to: number;
}

/** Those in sight. Of some that begin closer together than `least` the first is drawn. */
export function marksOf(
  bookmarks: Bookmark[],
  stretch: Stretch,
  clock: ServerClock,
  least: number,
): Mark[] {
  const marks: Mark[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const bookmark of bookmarks) {
    const from = shareOf(stretch, clock.toViewerMs(bookmark.marked.from));
    const to = shareOf(stretch, clock.toViewerMs(bookmark.marked.to));
    if (to < 0 || from > 1 || from - last < least) continue;
    marks.push({ bookmark, from, to: Math.min(1, to) });
    last = from;
  }
  return marks;
}
