import type { Camera } from "../protocol";
import type { Action } from "./action";
import { always } from "./conditions";

/** Selects the tile of a camera; one that has none is shown on the spot, or alone. */
export const showCamera: Action<Camera> = {
  id: "camera.show",
  label: (_, { name }) => name,
  enabled: always,
  run: ({ screen, wall }, { address }) => {
    const tile = wall.indexOf(address);
    const isShown = tile >= 0 && tile !== wall.spotAt;
    const isAlone = wall.alone !== null || (!isShown && wall.spotAt < 0);
    if (isShown) screen.selected = tile;
    else if (wall.spotAt >= 0) wall.call(address);
    screen.alone = isAlone ? address : null;
    screen.view = "wall";
  },
};
