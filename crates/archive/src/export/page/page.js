"use strict";
// One clock, of the wall; every film is shown where the clock is in it.
const manifest = JSON.parse(document.getElementById("manifest").textContent);
const element = (id) => document.getElementById(id);
const [play, seek, clock, speed, sound] = ["play", "seek", "clock", "speed", "sound"].map(element);

// A film that is off by more is moved, by less is let run faster or slower.
const OFF = 0.3;
const NEAR = 0.02;

const WORDS = {
  unreachable: "the camera did not answer", auth: "the camera refused the password",
  "network-loss": "the network lost it", "disk-full": "the disk was full", "disk-slow": "the disk was too slow",
  "volume-gone": "the disk was gone", "volume-failed": "the disk failed", "engine-stopped": "the recorder was off",
  "machine-asleep": "the machine slept", schedule: "not planned", retention: "removed to make room",
  unsupported: "the camera sent what cannot be recorded", "no-volume": "no disk was set up",
};

if (manifest.name || manifest.note) {
  element("case").hidden = false;
  element("name").textContent = manifest.name;
  element("note").textContent = manifest.note;
}
if (manifest.name) document.title = manifest.name;

const spans = manifest.cameras.flatMap((camera) => camera.parts);
const begin = Math.min(...spans.map((part) => part.from));
const end = Math.max(...spans.map((part) => part.to));
let now = begin;
let playing = false;
let last = performance.now();

const tiles = manifest.cameras.map((camera, index) => {
  const figure = document.createElement("figure");
  const name = document.createElement("figcaption");
  name.textContent = camera.name;
  const said = document.createElement("p");
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  figure.append(video, name, said);
  element("cameras").append(figure);
  if (camera.parts.some((part) => part.audio)) {
    const option = document.createElement("option");
    option.value = String(index);
    option.textContent = camera.name;
    sound.append(option);
  }
  const tile = { camera, video, said, part: null, failed: false };
  video.addEventListener("error", () => { tile.failed = true; });
  return tile;
});

function show(tile) {
  const part = tile.camera.parts.find((it) => it.from <= now && now < it.to) ?? null;
  if (part !== tile.part) {
    tile.part = part;
    tile.failed = false;
    tile.video.hidden = part === null;
    if (part) tile.video.src = part.file.split("/").map(encodeURIComponent).join("/");
    else tile.video.pause();
  }
  const gap = tile.camera.gaps.find((it) => it.from <= now && now < it.to);
  tile.said.textContent = tile.failed
    ? `This browser does not play ${part.video}. Open ${part.file} in another player.`
    : part ? "" : `Not recorded${gap?.cause ? `: ${WORDS[gap.cause] ?? gap.cause}` : ""}`;
  if (!part || tile.failed || tile.video.readyState < 1) return;
  const wanted = (now - part.from) / 1e6;
  const off = tile.video.currentTime - wanted;
  const rate = Number(speed.value);
  if (!playing) {
    tile.video.pause();
    if (Math.abs(off) > 0.001 && !tile.video.seeking) tile.video.currentTime = wanted;
    return;
  }
  if (Math.abs(off) > OFF * Math.max(1, rate) && !tile.video.seeking) tile.video.currentTime = wanted;
  const push = Math.abs(off) > NEAR ? Math.max(-0.2, Math.min(0.2, -2 * off / Math.max(1, rate))) : 0;
  tile.video.playbackRate = rate * (1 + push);
  if (tile.video.paused) tile.video.play().catch(() => { tile.failed = tile.video.error !== null; });
}

function tick() {
  const at = performance.now();
  if (playing) {
    // Nobody runs ahead of one that is still looking for its place.
    const waits = tiles.some((tile) => tile.part && !tile.failed && (tile.video.seeking || tile.video.readyState < 2));
    if (!waits) now = Math.min(end, now + (at - last) * 1000 * Number(speed.value));
    if (now >= end) toggle(false);
  }
  last = at;
  tiles.forEach(show);
  tiles.forEach((tile, index) => { tile.video.muted = index !== Number(sound.value); });
  seek.value = String((now - begin) / 1000);
  clock.textContent = new Date(now / 1000).toLocaleString(undefined, {
    dateStyle: "medium", timeStyle: "long", timeZone: manifest.zone ?? undefined,
  });
  document.body.dataset.now = String(Math.round(now));
  requestAnimationFrame(tick);
}

function toggle(wanted) {
  playing = wanted;
  play.textContent = playing ? "Pause" : "Play";
}

seek.max = String((end - begin) / 1000);
seek.step = "10";
seek.addEventListener("input", () => { now = Math.min(end - 1, begin + Number(seek.value) * 1000); });
play.addEventListener("click", () => {
  if (now >= end) now = begin;
  toggle(!playing);
});
document.addEventListener("keydown", (event) => {
  if (event.target !== document.body) return;
  if (event.key === " ") play.click();
  else if (event.key === "ArrowLeft") now = Math.max(begin, now - 5e6);
  else if (event.key === "ArrowRight") now = Math.min(end - 1, now + 5e6);
  else return;
  event.preventDefault();
});
requestAnimationFrame(tick);
