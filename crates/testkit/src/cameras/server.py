"""Simulated cameras on one RTSP server: cameras.rs starts and controls it.

The only argument is a JSON file, written by cameras.rs. Orders come as lines
on standard input, `ID ORDER WORDS...`, and are answered by `ID ok` or
`ID failed: WHY`. It ends when standard input does.
"""

import heapq
import json
import os
import re
import signal
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

# mark.rs looks for it.
MARK = bytes.fromhex("7accf027a91841f2b1673f3d99a2fb90")

VIDEO = {
    "h264": (
        "video/x-h264,stream-format=byte-stream,alignment=au",
        "h264parse config-interval=-1 ! rtph264pay pt=96 mtu=1400 aggregate-mode=zero-latency",
    ),
    "h265": (
        "video/x-h265,stream-format=byte-stream,alignment=au",
        "h265parse config-interval=-1 ! rtph265pay pt=96 mtu=1400 aggregate-mode=zero-latency",
    ),
    "mjpeg": ("image/jpeg", "rtpjpegpay pt=26 mtu=1400"),
}
AUDIO = {
    "aac": (
        "audio/mpeg,mpegversion=4,stream-format=adts,framed=true",
        "aacparse ! audio/mpeg,stream-format=raw ! rtpmp4gpay pt=97",
    ),
    "pcmu": ("audio/x-mulaw,rate=8000,channels=1", "rtppcmupay pt=0"),
}
AUDIO_NS = {"aac": 1024 * Gst.SECOND // 16000, "pcmu": 40 * Gst.MSECOND}

# Units that a pipeline may hold before it gets no more: what is not taken is
# not sent, and not logged as sent.
HELD = 3


class Unit:
    """One access unit, cut where its mark goes."""

    def __init__(self, before, after, is_key):
        self.before, self.after, self.is_key = before, after, is_key


def access_units(path, codec):
    """The units of an elementary stream whose units begin with delimiters."""
    with open(path, "rb") as file:
        stream = file.read()
    if codec == "mjpeg":
        starts = [found.start() for found in re.finditer(rb"\xff\xd8\xff", stream)]
    else:
        delimiter = rb"\x00\x00\x00\x01\x09" if codec == "h264" else rb"\x00\x00\x00\x01\x46\x01"
        starts = [found.start() for found in re.finditer(delimiter, stream)]
    if not starts:
        raise ValueError(f"no access units in {path}")
    ends = starts[1:] + [len(stream)]
    return [cut(stream[start:end], codec) for start, end in zip(starts, ends)]


def cut(unit, codec):
    """A unit, cut before its first slice."""
    if codec == "mjpeg":
        return Unit(unit, b"", True)
    for found in re.finditer(rb"\x00?\x00\x00\x01(.)", unit, re.DOTALL):
        first = found.group(1)[0]
        kind = first & 31 if codec == "h264" else first >> 1 & 63
        if codec == "h264" and 1 <= kind <= 5:
            return Unit(unit[: found.start()], unit[found.start() :], kind == 5)
        if codec == "h265" and kind < 32:
            return Unit(unit[: found.start()], unit[found.start() :], 16 <= kind <= 21)
    raise ValueError("an access unit without a slice")


def sei(codec, text):
    """The NAL unit that carries `text`."""
    header = b"\x00\x00\x00\x01\x06" if codec == "h264" else b"\x00\x00\x00\x01\x4e\x01"
    said = MARK + text.encode()
    return header + bytes([5, len(said)]) + said + b"\x80"


def audio_units(path, codec):
    """What one buffer of audio holds each."""
    with open(path, "rb") as file:
        stream = file.read()
    if codec == "pcmu":
        return [stream[i : i + 320] for i in range(0, len(stream) - 319, 320)]
    units, start = [], 0
    while start + 7 <= len(stream):
        size = (stream[start + 3] & 3) << 11 | stream[start + 4] << 3 | stream[start + 5] >> 5
        units.append(stream[start : start + size])
        start += size
    # The first is what the encoder begins with; eight seconds are so many more.
    return units[1:126]


class Video:
    """One video stream of one camera, whichever media plays it."""

    def __init__(self, camera, role, model, log):
        self.camera, self.role, self.codec = camera, role, model["codec"]
        self.every_ns = Gst.SECOND // model["rate"]
        self.units = access_units(model["path"], self.codec)
        self.position = 0
        self.is_paused = False
        self.no_keys_until_ns = 0
        path = os.path.join(log, f"sent-{camera}-{role}.log")
        self.number = 0
        if os.path.exists(path):
            with open(path) as before:
                self.number = sum(1 for _ in before)
        self.log = open(path, "a")

    def next(self):
        """The bytes to send now, or nothing."""
        if self.is_paused:
            return None
        now_ns = time.monotonic_ns()
        unit = self.units[self.position]
        if now_ns < self.no_keys_until_ns:
            # A clip of key frames only has nothing to send meanwhile.
            for _ in self.units:
                if not unit.is_key:
                    break
                self.position = (self.position + 1) % len(self.units)
                unit = self.units[self.position]
            else:
                return None
        role = 0 if self.role == "main" else 1
        mark = b""
        if self.codec != "mjpeg":
            mark = sei(self.codec, f"{self.camera:08x}{role:x}{self.number:016x}{now_ns:016x}")
        said = f"{self.number} {now_ns} {self.position} {int(unit.is_key)}"
        self.log.write(f"{self.camera} {self.role} {said}\n")
        self.number += 1
        self.position = (self.position + 1) % len(self.units)
        return unit.before + mark + unit.after

    def begin(self):
        """A new session begins with a key frame."""
        self.position = 0


class Sound:
    """The audio of one camera."""

    def __init__(self, codec, path):
        self.units, self.every_ns = audio_units(path, codec), AUDIO_NS[codec]
        self.position = 0

    def next(self):
        """The bytes to send now."""
        unit = self.units[self.position]
        self.position = (self.position + 1) % len(self.units)
        return unit

    def begin(self):
        """As the pictures, which it goes with."""
        self.position = 0


class Feed:
    """Pushes one stream into one media in real time."""

    def __init__(self, stream, source):
        self.stream, self.source = stream, source
        self.pts = None
        self.is_ended = False

    def push(self):
        """Pushes what is due, and says for when the next is."""
        every_ns = self.stream.every_ns
        clock = self.source.get_clock()
        if clock is None:
            return 5_000_000
        running_ns = clock.get_time() - self.source.get_base_time()
        # The grid starts anew where the pipeline did, or this process was late.
        if self.pts is None or abs(running_ns - self.pts) > Gst.SECOND // 2:
            self.pts = running_ns
        if self.pts > running_ns:
            return self.pts - running_ns
        if self.source.get_property("current-level-buffers") < HELD:
            unit = self.stream.next()
            if unit is not None:
                buffer = Gst.Buffer.new_wrapped_bytes(GLib.Bytes.new(unit))
                buffer.pts = buffer.dts = self.pts
                buffer.duration = every_ns
                self.source.emit("push-buffer", buffer)
        self.pts += every_ns
        return max(self.pts - running_ns, 0)


class Pace(threading.Thread):
    """Pushes all feeds when they are due, and writes the logs out."""

    def __init__(self, videos):
        super().__init__(daemon=True)
        self.videos = videos
        self.lock = threading.Condition()
        self.due = []
        self.order = 0
        self.is_ended = False

    def add(self, feed, at_ns=None):
        """Pushes `feed` from now on."""
        with self.lock:
            self.order += 1
            heapq.heappush(self.due, (at_ns or time.monotonic_ns(), self.order, feed))
            self.lock.notify()

    def flush(self):
        """Writes what was logged."""
        for video in self.videos:
            video.log.flush()

    def end(self):
        """Pushes no more, and leaves whole lines behind."""
        with self.lock:
            self.is_ended = True
            self.lock.notify()
        self.join()
        self.flush()

    def run(self):
        flush_ns = 0
        while not self.is_ended:
            now_ns = time.monotonic_ns()
            if now_ns >= flush_ns:
                self.flush()
                flush_ns = now_ns + 150_000_000
            with self.lock:
                first_ns = min(self.due[0][0] if self.due else flush_ns, flush_ns)
                if first_ns > now_ns:
                    self.lock.wait((first_ns - now_ns) / 1e9)
                    continue
                if not self.due or self.due[0][0] > now_ns:
                    continue
                feed = heapq.heappop(self.due)[2]
            if not feed.is_ended:
                wait_ns = feed.push()
                self.add(feed, now_ns + wait_ns)


class Cameras:
    """The server with all mounts."""

    def __init__(self, options):
        self.options = options
        self.videos, self.factories, self.clients = {}, {}, {}
        self.server = GstRtspServer.RTSPServer()
        self.server.set_address("127.0.0.1")
        self.server.set_service(str(options["port"]))
        self.server.set_backlog(512)
        if options["user"] is not None:
            self.server.set_auth(self.auth())
        for model in options["models"]:
            self.add(model)
        self.pace = Pace(list(self.videos.values()))
        self.server.connect("client-connected", self.connected)

    def auth(self):
        """Who may look."""
        user, password = self.options["user"], self.options["password"]
        auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        if self.options["basic"]:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        else:
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(user, password, token)
        return auth

    def add(self, model):
        """Mounts one camera."""
        camera, audio = model["number"], model["audio"]
        for role in ("main", "sub"):
            if model[role] is None:
                continue
            video = Video(camera, role, model[role], self.options["log"])
            self.videos[camera, role] = video
            streams = [video]
            caps, tail = VIDEO[video.codec]
            shape = f",framerate={model[role]['rate']}/1"
            if video.codec == "mjpeg":
                shape += f",width={model[role]['width']},height={model[role]['height']}"
            tails = [(caps + shape, tail)]
            if audio is not None and role == "main":
                streams.append(Sound(audio["codec"], audio["path"]))
                tails.append(AUDIO[audio["codec"]])
            self.factories[camera, role] = self.factory(streams, tails)
            self.mount(camera, role)

    def factory(self, streams, tails):
        """Makes the media of one mount, shared by all its clients."""
        launch = " ".join(
            f"appsrc name=source{i} is-live=true format=time block=false max-bytes=0"
            f' caps="{caps}" ! {tail} name=pay{i}'
            for i, (caps, tail) in enumerate(tails)
        )
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(f"( {launch} )")
        factory.set_shared(True)
        factory.set_suspend_mode(GstRtspServer.RTSPSuspendMode.NONE)
        allowed = {
            "tcp": GstRtsp.RTSPLowerTrans.TCP,
            "udp": GstRtsp.RTSPLowerTrans.UDP,
            "both": GstRtsp.RTSPLowerTrans.TCP | GstRtsp.RTSPLowerTrans.UDP,
        }
        factory.set_protocols(allowed[self.options["transports"]])
        if self.options["user"] is not None:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("user", "media.factory.access", True)
            permissions.add_permission_for_role("user", "media.factory.construct", True)
            factory.set_permissions(permissions)
        factory.connect("media-configure", self.configure, streams)
        return factory

    def configure(self, _factory, media, streams):
        """Feeds a new media until it ends."""
        element = media.get_element()
        feeds = [Feed(s, element.get_by_name(f"source{i}")) for i, s in enumerate(streams)]

        def ended(_media):
            for feed in feeds:
                feed.is_ended = True

        media.connect("unprepared", ended)
        for feed in feeds:
            feed.stream.begin()
            self.pace.add(feed)

    def connected(self, _server, client):
        """Remembers whose client it is, once it says so."""
        self.clients[client] = None

        def described(client, context):
            found = re.match(r".*/cam(\d+)/", context.uri.abspath)
            self.clients[client] = int(found.group(1)) if found else None

        client.connect("describe-request", described)
        client.connect("setup-request", described)
        client.connect("closed", lambda client: self.clients.pop(client, None))

    def mount(self, camera, role):
        """Answers requests for one stream."""
        # It takes the reference for itself.
        factory = self.factories[camera, role]
        self.server.get_mount_points().add_factory(f"/cam{camera}/{role}", factory)

    def obey(self, order, words):
        """Carries out an order of cameras.rs."""
        if order == "flush":
            return self.pace.flush()
        camera = int(words[0])
        if order == "drop":
            for client in [client for client, of in self.clients.items() if of == camera]:
                client.close()
            return None
        if order in ("mount", "unmount"):
            for number, role in self.factories:
                if number == camera and order == "mount":
                    self.mount(number, role)
                elif number == camera:
                    self.server.get_mount_points().remove_factory(f"/cam{number}/{role}")
            return None
        video = self.videos[camera, words[1]]
        if order in ("pause", "resume"):
            video.is_paused = order == "pause"
        elif order == "clip":
            video.units, video.position = access_units(words[2], video.codec), 0
        elif order == "nokeys":
            video.no_keys_until_ns = time.monotonic_ns() + int(float(words[2]) * 1e9)
        else:
            raise ValueError(f"no such order: {order}")
        return None

    def run(self):
        """Serves until standard input ends or it is asked to end."""
        if self.server.attach(None) == 0:
            sys.exit(f"port {self.options['port']} is taken")
        self.pace.start()
        loop = GLib.MainLoop()
        GLib.timeout_add_seconds(2, self.clean)
        GLib.unix_signal_add(GLib.PRIORITY_HIGH, signal.SIGTERM, loop.quit)
        threading.Thread(target=self.listen, args=(loop,), daemon=True).start()
        print(f"READY {self.server.get_bound_port()}", flush=True)
        loop.run()
        self.pace.end()
        # As a camera without power: no goodbye to anybody.
        os._exit(0)

    def clean(self):
        """Ends sessions whose clients are gone."""
        self.server.get_session_pool().cleanup()
        return True

    def listen(self, loop):
        """Reads orders; the main loop carries them out."""
        for line in sys.stdin:
            GLib.idle_add(self.answer, line.rstrip("\n"))
        GLib.idle_add(loop.quit)

    def answer(self, line):
        """Obeys and says how it went."""
        number, order, *words = line.split(" ", 4)
        try:
            self.obey(order, words)
            print(number, "ok", flush=True)
        except Exception as error:
            print(f"{number} failed: {error!r}", flush=True)
        return False


Gst.init(None)
with open(sys.argv[1]) as file:
    Cameras(json.load(file)).run()
