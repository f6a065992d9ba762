// Put into a page of the product by `wall.rs`. Reads the wall's canvas the way
// an eye would: only what was painted, through the page's own context.
// `stamp.rs` says what a strip is.
(() => {
  if (window.tesseraWall) return;
  const CELLS = 40;

  const canvas = () => document.querySelector("canvas#wall");

  // Where tiles are, in pixels of the canvas.
  function tiles() {
    const wall = canvas();
    if (!wall) return [];
    const box = wall.getBoundingClientRect();
    const scaleX = wall.width / box.width;
    const scaleY = wall.height / box.height;
    const elements = [...document.querySelectorAll("[data-tile]")];
    const shown = elements.filter((element) => element.getClientRects().length > 0);
    return shown.map((element) => {
      const rect = element.getBoundingClientRect();
      const x = Math.round((rect.left - box.left) * scaleX);
      const y = Math.round((rect.top - box.top) * scaleY);
      return {
        index: Number(element.dataset.tile),
        camera: element.dataset.camera ? Number(element.dataset.camera) : null,
        state: element.dataset.state ?? "",
        x,
        y,
        width: Math.round((rect.right - box.left) * scaleX) - x,
        height: Math.round((rect.bottom - box.top) * scaleY) - y,
      };
    });
  }

  // Rows of the canvas, the upper first, four bytes a pixel.
  function rows(x, y, width, height) {
    const wall = canvas();
    const gl = wall.getContext("webgl2");
    const pixels = gl
      ? read(gl, x, wall.height - y - height, width, height)
      : wall.getContext("2d").getImageData(x, y, width, height).data;
    // WebGL counts rows from the bottom.
    const place = (i) => (gl ? height - 1 - i : i) * width * 4;
    return Array.from({ length: height }, (_, i) => pixels.subarray(place(i), place(i) + width * 4));
  }

  function read(gl, x, y, width, height) {
    const pixels = new Uint8Array(width * height * 4);
    const framebuffer = gl.getParameter(gl.FRAMEBUFFER_BINDING);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.readPixels(x, y, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    return pixels;
  }

  const luma = (row, x) => (row[4 * x] + row[4 * x + 1] + row[4 * x + 2]) / 3;
  const bright = (row, x) => luma(row, x) > 128;
  // The ground beside a picture is light grey in the light theme, and no white.
  const white = (row, x) => luma(row, x) > 232;

  function decode(row, from, width) {
    const cell = (i) => bright(row, from + Math.floor(((2 * i + 1) * width) / (2 * CELLS)));
    if (!cell(0) || cell(1) || cell(38) || !cell(39)) return null;
    const bits = (a, b) => {
      let value = 0;
      for (let i = a; i < b; i++) value = value * 2 + (cell(i) ? 1 : 0);
      return value;
    };
    let check = 0;
    for (let group = 0; group < 5; group++) check ^= bits(2 + 6 * group, 8 + 6 * group);
    return bits(32, 38) === check ? { camera: bits(2, 8), number: bits(8, 32) } : null;
  }

  // The strip in a row of `width` pixels: its left end and width.
  function find(row, width) {
    const runs = [];
    for (let x = 0, start = -1; x <= width; x++) {
      const on = x < width && white(row, x);
      if (on && start < 0) start = x;
      if (!on && start >= 0) {
        runs.push([start, x]);
        start = -1;
      }
    }
    for (const [start, end] of runs) {
      const cell = end - start;
      if (cell < 2) continue;
      // The widest: a few cells less may look like a strip, too.
      for (const [, last] of runs.toReversed()) {
        const strip = last - start;
        // Scaling greys the edges of a run, the more the larger it makes them.
        if (strip <= CELLS * (cell - 1) || strip >= CELLS * (1.2 * cell + 2)) continue;
        if (decode(row, start, strip)) return { from: start, width: strip };
      }
    }
    return null;
  }

  // Where in a tile the strip is: the picture's shape is not assumed.
  function locate(tile) {
    const height = Math.max(1, Math.floor(tile.height / 2));
    if (tile.width < CELLS) return null;
    const upper = rows(tile.x, tile.y, tile.width, height);
    let first = -1;
    let last = -1;
    let strip = null;
    for (let y = 0; y < height; y++) {
      const here = find(upper[y], tile.width);
      if (here) {
        if (first < 0) first = y;
        last = y;
        if (y - first >= 2) strip ??= here;
      } else if (first >= 0) break;
    }
    return strip && { ...strip, x: tile.x, y: tile.y + Math.floor((first + last) / 2) };
  }

  const same = (a, b) =>
    a && b && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

  let readings = [];
  let missed = 0;
  const known = new Map();

  function look(now) {
    // One read serves all tiles whose strips are in the same row.
    const read = new Map();
    const wall = canvas();
    for (const tile of tiles()) {
      let at = known.get(tile.index);
      // Where nothing was found yet, it is looked for oftener.
      if (!at || !same(at.tile, tile) || at.fails > (at.strip ? 10 : 2)) {
        at = { tile, strip: locate(tile), number: -1, camera: -1, fails: 0 };
        known.set(tile.index, at);
      }
      if (!at.strip) {
        at.fails++;
        missed++;
        continue;
      }
      let row = read.get(at.strip.y);
      if (!row) {
        [row] = rows(0, at.strip.y, wall.width, 1);
        read.set(at.strip.y, row);
      }
      const seen = decode(row, at.strip.x + at.strip.from, at.strip.width);
      if (!seen) {
        at.fails++;
        missed++;
        continue;
      }
      at.fails = 0;
      if (seen.number === at.number && seen.camera === at.camera) continue;
      at.number = seen.number;
      at.camera = seen.camera;
      readings.push([now, tile.index, tile.camera, seen.camera, seen.number]);
    }
  }

  // Looking costs what is measured (Chromium copies the whole canvas for it),
  // and no picture here stays for less than twice as long.
  const PAUSE_MS = 10;

  // Which watch it is. Another, or the end of one, ends those before.
  let watch = 0;
  // After a refresh, when page and canvas are what is seen: before one, the
  // page may have drawn only half of what belongs together. Refreshes are asked
  // for one by one: each costs, too.
  const refreshed = new MessageChannel();
  refreshed.port1.onmessage = ({ data: which }) => {
    if (which !== watch) return;
    if (canvas()) look(performance.now());
    setTimeout(ask, PAUSE_MS, which);
  };
  function ask(which) {
    requestAnimationFrame(() => refreshed.port2.postMessage(which));
  }

  window.tesseraWall = {
    tiles,
    start() {
      readings = [];
      missed = 0;
      known.clear();
      ask(++watch);
      return performance.now();
    },
    // What was read since the start or the last take.
    take() {
      const taken = { now: performance.now(), readings, missed };
      readings = [];
      missed = 0;
      return taken;
    },
    stop() {
      watch++;
    },
    // The colours around points of the canvas, each the mean of 3 × 3 pixels.
    colours(points) {
      return points.map(([x, y]) => {
        const around = rows(x - 1, y - 1, 3, 3);
        const mean = (c) =>
          around.reduce((sum, row) => sum + row[c] + row[4 + c] + row[8 + c], 0) / 9;
        return [mean(0), mean(1), mean(2)];
      });
    },
  };
})();
