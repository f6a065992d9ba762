// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeEngine, fakeCamera, fakeRtspCamera, PROBE } from "../connection/fake";
import type { Command, Outcome, Reply } from "../protocol";
import { App } from "../state/app.svelte";
import { addRtsp, probeCamera, setLogin, type Typed } from "./rtsp";
import { fixLogin, openAddCamera, openLogin } from "./screens";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const FAILURE = { code: "unreachable", message: "192.168.1.20 does not answer." } as const;
const login = { user: "admin", password: "secret" };
const typed: Typed = { address: "192.168.1.20/stream1", transport: "tcp", login };

async function opened() {
  const engine = new FakeEngine([fakeCamera(1)]);
  const commands: Command[] = [];
  const camera = fakeRtspCamera(2, { kind: "closed" });
  const replies: Partial<Record<Command["kind"], Reply>> = {
    addCamera: { kind: "camera", camera },
    probeCamera: { kind: "probe", probe: PROBE },
  };
  engine.answer = (command): Outcome => {
    commands.push(command);
    if (command.kind === "addCamera")
      engine.say({ kind: "update", update: { kind: "camera", camera } });
    return { kind: "done", reply: replies[command.kind] ?? { kind: "nothing" } };
  };
  const app = new App(engine, engine.dial);
  app.start();
  await vi.advanceTimersByTimeAsync(0);
  return { app, engine, commands };
}

const onTiles = (app: App) => app.wall.tiles.map(({ camera }) => camera?.number ?? null);

test("a camera is tried as typed, and nothing is kept", async () => {
  const { app, commands } = await opened();
  expect(await probeCamera(app, typed)).toEqual({ probe: PROBE, failure: null });
  expect(commands).toEqual([{ kind: "probeCamera", ...typed }]);
});

test("what came of a try is told where it was asked for", async () => {
  const { app, engine } = await opened();
  engine.answer = () => ({ kind: "failed", failure: FAILURE });
  expect(await probeCamera(app, typed)).toEqual({ probe: null, failure: FAILURE });
  expect(await addRtsp(app, typed, PROBE, "", null)).toEqual(FAILURE);
  expect(await setLogin(app, fakeCamera(1).address, login)).toEqual(FAILURE);
  expect(app.screen.toast).toBeNull();
});

test("what was found is added with both streams, and goes on its tile", async () => {
  const { app, commands } = await opened();
  expect(await addRtsp(app, typed, PROBE, " Gate ", 2)).toBeNull();
  const source = {
    kind: "rtsp",
    main: "rtsp://192.168.1.20/stream1",
    sub: "rtsp://192.168.1.20/stream2",
    transport: "tcp",
  };
  expect(commands[0]).toEqual({ kind: "addCamera", camera: { name: "Gate", source, login } });
  expect(onTiles(app)).toEqual([1, null, 2, null]);
});

test("a camera that is off is added as typed, on the first empty tile", async () => {
  const { app, commands } = await opened();
  await addRtsp(app, { ...typed, transport: "udp" }, null, "", null);
  expect(commands[0]).toMatchObject({
    camera: { name: "", source: { main: typed.address, sub: null, transport: "udp" } },
  });
  expect(onTiles(app)).toEqual([1, 2, null, null]);
});

test("a login that stands in the address only is not lost", async () => {
  const { app, commands } = await opened();
  const address = "rtsp://admin:secret@192.168.1.20/stream1";
  await addRtsp(app, { ...typed, address, login: null }, PROBE, "", null);
  expect(commands[0]).toMatchObject({ camera: { source: { main: address }, login: null } });
});

test("a new login goes to the server", async () => {
  const { app, commands } = await opened();
  const camera = fakeCamera(1).address;
  expect(await setLogin(app, camera, login)).toBeNull();
  expect(commands).toEqual([{ kind: "setPassword", camera, ...login }]);
});

test("dialogs open while there is an engine, and say whom they are for", async () => {
  const { app, engine } = await opened();
  const camera = fakeRtspCamera(2);
  openAddCamera.run(app, 3);
  expect(app.screen.overlay).toEqual({ kind: "addCamera", tile: 3 });
  openLogin.run(app, camera);
  expect(app.screen.overlay).toEqual({ kind: "login", camera: camera.address });
  expect(fixLogin.label(app, camera)).toContain("Camera 2");
  engine.ticket = null;
  engine.drop();
  expect(fixLogin.enabled(app, camera)).toContain("connection");
});
