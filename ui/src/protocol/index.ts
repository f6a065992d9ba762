// Generated from crates/protocol by its test; do not edit.

export const PROTOCOL_VERSION = 1;
export const SESSION_PATH = "/api/session";
export const TICKET_PATH = "/api/ticket";
export const MEDIA_HEADER_BYTES = 32;
export const MEDIA_HEADER_VERSION = 1;
export const MEDIA_KIND_PICTURE = 1;
export const MEDIA_KIND_UNIT = 2;
export const MEDIA_KIND_SOUND = 3;
export const MEDIA_FLAG_KEY = 1;
export const MEDIA_FLAG_UNSHOWN = 4;
export const MEDIA_FLAG_APPROXIMATE = 8;
export const MAX_BUCKETS = 4096;
export const BUCKET_WHOLE = 7;
export const BUCKET_CAUSE_SHIFT = 3;
export const BUCKET_LOCKED = 128;
export const EVENT_MOTION = 1;
export const EVENT_CROSSING = 2;
export const EVENT_LOITERING = 4;
export const EVENT_TAMPER = 8;
export const EVENT_REPORTED = 16;
export const GAP_CAUSES: GapCause[] = ["unreachable","auth","networkLoss","diskFull","diskSlow","volumeGone","volumeFailed","engineStopped","machineAsleep","schedule","retention","unsupported","noVolume"];

/**
 * What a viewer may send. One that breaks a rule ends the session with a
 * [`crate::Message::Goodbye`].
 */
export type Request = { "kind": "hello", 
/**
 * [`crate::PROTOCOL_VERSION`] of the viewer.
 */
version: number, 
/**
 * A single-use ticket.
 */
ticket: Sensitive, } | { "kind": "subscribe", 
/**
 * The viewer's name for it; not in use.
 */
subscription: number, 
/**
 * What to show.
 */
stream: StreamAddress, 
/**
 * Width of the tile in device pixels, 1 to 16384.
 */
width: number, 
/**
 * Height of the tile in device pixels, 1 to 16384.
 */
height: number, 
/**
 * What the viewer can take, the best first. It gets the first that there
 * is of the stream, and another where the stream changes.
 */
accepts: Array<Delivery>, 
/**
 * Codecs whose access units it takes, by FFmpeg's short names; any
 * where nothing is said.
 */
codecs?: Array<string> | null, 
/**
 * The playback whose recorded pictures it shows; live ones where
 * nothing is said. It is decoded by the server, so that each picture
 * is exact: `encoded` is not delivered.
 */
playback?: number | null, } | { "kind": "play", 
/**
 * The viewer's name for it.
 */
playback: number, 
/**
 * To where, in µs since 1970 UTC; nothing to go on from where it is.
 */
at: number | null, 
/**
 * How fast: 0 stands, 1 as it was, negative backwards; within
 * [`crate::MAX_SPEED`].
 */
speed: number, } | { "kind": "step", 
/**
 * Which.
 */
playback: number, 
/**
 * Whose pictures.
 */
subscription: number, 
/**
 * How many, negative backwards; within [`crate::MAX_STEP`].
 */
pictures: number, } | { "kind": "endPlayback", 
/**
 * Which.
 */
playback: number, } | { "kind": "resize", 
/**
 * Which.
 */
subscription: number, 
/**
 * Width of the tile in device pixels, 1 to 16384.
 */
width: number, 
/**
 * Height of the tile in device pixels, 1 to 16384.
 */
height: number, } | { "kind": "listen", 
/**
 * The viewer's name for it; in use neither for a tile nor for sound.
 */
subscription: number, 
/**
 * What to hear.
 */
stream: StreamAddress, 
/**
 * The playback whose recorded sound it is; live sound where nothing
 * is said.
 */
playback?: number | null, } | { "kind": "observe", 
/**
 * The viewer's name for it; not in use.
 */
subscription: number, 
/**
 * Which.
 */
camera: CameraAddress, 
/**
 * By what things are judged; nothing is kept, and whether the camera is
 * watched stays as it is.
 */
settings: MotionSettings, } | { "kind": "unsubscribe", 
/**
 * Which.
 */
subscription: number, } | { "kind": "acknowledge", 
/**
 * Which tile.
 */
subscription: number, 
/**
 * Sequence of the picture or access unit.
 */
sequence: number, 
/**
 * When its draw call was made, in µs since 1970 UTC by the viewer's
 * clock; nothing where it was not and will not be drawn.
 */
drawn: number | null, } | { "kind": "command", 
/**
 * The viewer's name for it, repeated in the reply.
 */
request: number, 
/**
 * What.
 */
command: Command, };

/**
 * What a viewer may ask a server to do.
 */
export type Command = { "kind": "addCamera", 
/**
 * Which.
 */
camera: NewCamera, } | { "kind": "renameCamera", 
/**
 * Which.
 */
camera: CameraAddress, 
/**
 * 1 to 300 characters.
 */
name: string, } | { "kind": "removeCamera", 
/**
 * Which.
 */
camera: CameraAddress, } | { "kind": "restoreCamera", 
/**
 * Which.
 */
camera: CameraAddress, } | { "kind": "setPassword", 
/**
 * Which.
 */
camera: CameraAddress, 
/**
 * User name at the camera.
 */
user: string, 
/**
 * Password at the camera. Never sent back.
 */
password: Sensitive, } | { "kind": "probeCamera", 
/**
 * As typed; user and password may stand in it.
 */
address: string, 
/**
 * How packets are to come.
 */
transport: Transport, 
/**
 * How to log in.
 */
login?: Login | null, 
/**
 * A camera whose kept login is used where none is given.
 */
camera?: CameraAddress | null, } | { "kind": "addLayout", 
/**
 * Its id is of no account.
 */
layout: Layout, } | { "kind": "setLayout", 
/**
 * With the id of the one to replace.
 */
layout: Layout, } | { "kind": "removeLayout", 
/**
 * Which, by its id.
 */
layout: number, } | { "kind": "setSettings", 
/**
 * All of them.
 */
settings: Settings, } | { "kind": "statistics" } | { "kind": "addVolume", 
/**
 * Which.
 */
volume: NewVolume, } | { "kind": "setVolume", 
/**
 * With the id of the one to replace.
 */
volume: Volume, } | { "kind": "removeVolume", 
/**
 * Which, by its id.
 */
volume: string, } | { "kind": "setPlan", 
/**
 * Which.
 */
stream: StreamAddress, 
/**
 * How.
 */
plan: RecordingPlan, } | { "kind": "recordingStatus" } | { "kind": "gaps", 
/**
 * Those that end after this, in µs since 1970 UTC.
 */
from: number, 
/**
 * Those that begin before this, in µs since 1970 UTC.
 */
to: number, 
/**
 * Whose; every camera's where nothing is said.
 */
camera: CameraAddress | null, 
/**
 * The most that are sent, at most 10000: those that begin first.
 */
limit: number, } | { "kind": "timeline", 
/**
 * Whose, at most 256.
 */
cameras: Array<CameraAddress>, 
/**
 * When the first bucket begins, in µs since 1970 UTC.
 */
from: number, 
/**
 * When the last bucket ends.
 */
to: number, 
/**
 * How many there are to be: 1 to 4096, and none shorter than 1 µs.
 */
buckets: number, } | { "kind": "neighbours", 
/**
 * Whose.
 */
camera: CameraAddress, 
/**
 * Seen from when, in µs since 1970 UTC.
 */
at: number, } | { "kind": "addEvidence", 
/**
 * Which.
 */
evidence: NewEvidence, } | { "kind": "removeEvidence", 
/**
 * Which.
 */
id: number, } | { "kind": "evidence" } | { "kind": "addBookmark", 
/**
 * What. Adding a removed one again undoes its removal, under another id.
 */
bookmark: NewBookmark, } | { "kind": "setBookmark", 
/**
 * Which.
 */
id: number, 
/**
 * What it marks from now on.
 */
bookmark: NewBookmark, } | { "kind": "removeBookmark", 
/**
 * Which.
 */
id: number, } | { "kind": "bookmarks" } | { "kind": "export", 
/**
 * What, and where to.
 */
export: NewExport, } | { "kind": "estimateExport", 
/**
 * What, and where to.
 */
export: NewExport, } | { "kind": "exports" } | { "kind": "cancelExport", 
/**
 * Which, by its id.
 */
export: number, } | { "kind": "takeStill", 
/**
 * Of what, and as what.
 */
still: NewStill, } | { "kind": "setMotion", 
/**
 * Which.
 */
camera: CameraAddress, 
/**
 * What.
 */
settings: MotionSettings, } | { "kind": "tryMotion", 
/**
 * Which.
 */
camera: CameraAddress, 
/**
 * What; whether anything is looked for is of no account.
 */
settings: MotionSettings, 
/**
 * From when on, in µs since 1970 UTC.
 */
from: number, 
/**
 * The first moment that is not looked at, at most ten minutes later.
 */
to: number, } | { "kind": "events", 
/**
 * Where; at most 256.
 */
cameras: Array<CameraAddress>, 
/**
 * Those that begin then or later, in µs since 1970 UTC.
 */
from: number, 
/**
 * Those that begin before this.
 */
to: number, 
/**
 * The most that are sent, at most 10000: those that begin first.
 */
limit: number, 
/**
 * Whether those that begin last are sent instead, and before the others.
 */
newestFirst: boolean, } | { "kind": "track", 
/**
 * Its id.
 */
event: number, } | { "kind": "searchMotion", 
/**
 * Where; at most 256.
 */
cameras: Array<CameraAddress>, 
/**
 * What moved then or later, in µs since 1970 UTC.
 */
from: number, 
/**
 * What moved before this.
 */
to: number, 
/**
 * In which part: 3 to 64 corners, one after the other, of a shape whose
 * sides do not cross. It is searched by cells, of which a picture has
 * 32 across and 18 down: all that it reaches into.
 */
area: Array<PicturePoint>, 
/**
 * The most that are sent, 1 to 1000: those that begin last.
 */
limit: number, } | { "kind": "review", 
/**
 * Their ids, at most 10000; what is not there any more is passed over.
 */
events: number[], 
/**
 * Whether somebody did.
 */
isReviewed: boolean, } | { "kind": "reportEvent", 
/**
 * Where.
 */
camera: CameraAddress, 
/**
 * What: 1 to 100 characters.
 */
event: string, };

/**
 * What a server may send as text.
 */
export type Message = { "kind": "welcome", 
/**
 * Id of the server; never changes.
 */
server: string, 
/**
 * Version of its program.
 */
version: string, 
/**
 * A key for more tickets, good until the engine stops.
 */
session: Sensitive, 
/**
 * The server's time, in µs since 1970 UTC.
 */
now: number, 
/**
 * All there is to know. What changes later comes as updates.
 */
snapshot: Snapshot, } | { "kind": "update", 
/**
 * What.
 */
update: Update, } | { "kind": "format", 
/**
 * The number in their headers; unique within the session.
 */
format: number, 
/**
 * The tile they are for.
 */
subscription: number, 
/**
 * What they hold.
 */
picture: PictureFormat, 
/**
 * Why it is delivered this way: a sentence for the tile's statistics.
 */
reason: string, } | { "kind": "encoding", 
/**
 * The number in their headers; unique within the session.
 */
format: number, 
/**
 * The subscription they are for.
 */
subscription: number, 
/**
 * What they are.
 */
unit: UnitFormat, 
/**
 * Why it is delivered this way: a sentence for the tile's statistics.
 */
reason: string, } | { "kind": "sound", 
/**
 * The number in its headers; unique within the session.
 */
format: number, 
/**
 * The subscription it is for.
 */
subscription: number, 
/**
 * Samples a second, 8000 to 96000.
 */
rate: number, 
/**
 * 1 or 2.
 */
channels: number, } | { "kind": "playback", 
/**
 * Which, by the viewer's name for it.
 */
playback: number, 
/**
 * How.
 */
state: PlaybackState, } | { "kind": "recorded", 
/**
 * Which tile.
 */
subscription: number, 
/**
 * What.
 */
state: RecordedState, } | { "kind": "observation", 
/**
 * By which subscription.
 */
subscription: number, 
/**
 * What.
 */
observation: Observation, } | { "kind": "unsubscribed", 
/**
 * Which.
 */
subscription: number, 
/**
 * Why.
 */
failure: Failure, } | { "kind": "reply", 
/**
 * Which, by the viewer's name for it.
 */
request: number, 
/**
 * How it went.
 */
outcome: Outcome, } | { "kind": "goodbye", 
/**
 * Why.
 */
failure: Failure, };

/**
 * The whole state that viewers share.
 */
export type Snapshot = { 
/**
 * By number.
 */
cameras: Array<Camera>, 
/**
 * By id.
 */
layouts: Array<Layout>, 
/**
 * What the owner chose.
 */
settings: Settings, 
/**
 * In the order they were added: the first is for streams that have none of
 * their own.
 */
volumes: Array<Volume>, 
/**
 * How streams are recorded that are not always, with sound, on the first
 * volume and without limits. They may be of cameras that were removed.
 */
plans: Array<StreamPlan>, 
/**
 * What is looked for in the pictures of cameras where that is not the whole
 * picture where something is recorded at events, or where they are looked at.
 */
motion: Array<CameraMotion>, 
/**
 * What the owner must know of how the server started, such as a database
 * that was restored from its backup.
 */
notices: Array<string>, };

/**
 * A change of the state that viewers share.
 */
export type Update = { "kind": "camera", 
/**
 * As it is now.
 */
camera: Camera, } | { "kind": "cameraRemoved", 
/**
 * Which.
 */
camera: CameraAddress, } | { "kind": "stream", 
/**
 * Which.
 */
stream: StreamAddress, 
/**
 * As it is now.
 */
state: StreamState, } | { "kind": "layout", 
/**
 * As it is now.
 */
layout: Layout, } | { "kind": "layoutRemoved", 
/**
 * Which, by its id.
 */
layout: number, } | { "kind": "settings", 
/**
 * As they are now.
 */
settings: Settings, } | { "kind": "volume", 
/**
 * As it is now.
 */
volume: Volume, } | { "kind": "volumeRemoved", 
/**
 * Which, by its id.
 */
volume: string, } | { "kind": "volumeState", 
/**
 * Which, by its id.
 */
volume: string, 
/**
 * As it is now.
 */
state: VolumeState, } | { "kind": "plan", 
/**
 * Which.
 */
stream: StreamAddress, 
/**
 * As it is now.
 */
plan: RecordingPlan, } | { "kind": "bookmark", 
/**
 * As it is now.
 */
bookmark: Bookmark, } | { "kind": "bookmarkRemoved", 
/**
 * Which, by its id.
 */
bookmark: number, } | { "kind": "export", 
/**
 * As it is now.
 */
export: Export, } | { "kind": "motion", 
/**
 * As it is now.
 */
motion: CameraMotion, } | { "kind": "event", 
/**
 * As far as it is known.
 */
event: CameraEvent, 
/**
 * Whether nothing more comes of it.
 */
isOver: boolean, } | { "kind": "reviewed", 
/**
 * Their ids.
 */
events: number[], 
/**
 * Whether somebody did.
 */
isReviewed: boolean, } | { "kind": "recording", 
/**
 * Which.
 */
stream: StreamAddress, 
/**
 * As it is now.
 */
state: StreamRecordingState, };

/**
 * How a command went.
 */
export type Outcome = { "kind": "done", 
/**
 * What came of it.
 */
reply: Reply, } | { "kind": "failed", 
/**
 * Why.
 */
failure: Failure, };

/**
 * What came of a command.
 */
export type Reply = { "kind": "nothing" } | { "kind": "camera", 
/**
 * Which.
 */
camera: Camera, } | { "kind": "layout", 
/**
 * Which.
 */
layout: Layout, } | { "kind": "probe", 
/**
 * What was found.
 */
probe: Probe, } | { "kind": "statistics", 
/**
 * The counts.
 */
statistics: Statistics, } | { "kind": "volume", 
/**
 * Which.
 */
volume: Volume, } | { "kind": "recordingStatus", 
/**
 * All of it.
 */
status: RecordingStatus, } | { "kind": "gaps", 
/**
 * By when they begin.
 */
gaps: Array<RecordingGap>, } | { "kind": "events", 
/**
 * By when they began, the newest first where they were asked for.
 */
events: Array<CameraEvent>, } | { "kind": "track", 
/**
 * By time, at most 32, the last is where it was seen last. None where
 * nothing was followed: where the camera was tampered with, pictures came
 * too seldom or somebody reported it.
 */
places: Array<TrackPlace>, } | { "kind": "motionSpans", 
/**
 * Those that begin last come first. What moves again within ten seconds
 * goes on.
 */
spans: Array<MotionSpan>, 
/**
 * Whether there are more, before the last of these begins.
 */
isMore: boolean, } | { "kind": "timeline", 
/**
 * In buckets.
 */
timeline: Timeline, } | { "kind": "neighbours", 
/**
 * Those of the moment that was asked for.
 */
neighbours: Neighbours, } | { "kind": "evidence", 
/**
 * Which.
 */
evidence: Evidence, } | { "kind": "evidenceList", 
/**
 * In the order it was added.
 */
evidence: Array<Evidence>, } | { "kind": "bookmark", 
/**
 * Which.
 */
bookmark: Bookmark, } | { "kind": "bookmarks", 
/**
 * By id.
 */
bookmarks: Array<Bookmark>, } | { "kind": "motionTrial", 
/**
 * Which events come, go and stay.
 */
trial: MotionTrial, } | { "kind": "export", 
/**
 * Which.
 */
export: Export, } | { "kind": "exportEstimate", 
/**
 * About so many bytes.
 */
bytes: number, } | { "kind": "exports", 
/**
 * In the order in which they were asked for.
 */
exports: Array<Export>, } | { "kind": "still", 
/**
 * With its file.
 */
still: Still, } | { "kind": "unrecorded", 
/**
 * Why, where that is known.
 */
cause: GapCause | null, };

/**
 * Why something could not be done.
 */
export type Failure = { 
/**
 * For programs. The set is small and closed.
 */
code: FailureCode, 
/**
 * For people: a sentence, in English, with the next step where there is one.
 */
message: string, };

/**
 * What a program may want to tell apart.
 */
export type FailureCode = "notAllowed" | "wrongVersion" | "badRequest" | "notFound" | "unreachable" | "loginRefused" | "badAnswer" | "silent" | "slept" | "notVideo" | "unsupported" | "tooMany" | "storage" | "workerLost" | "ended" | "stopping" | "noEngine" | "other";

/**
 * A camera, wherever it is connected: every name on the wire is (server, local id).
 */
export type CameraAddress = { 
/**
 * Id of the server it is connected to.
 */
server: string, 
/**
 * Its id there; never used again after it is removed.
 */
camera: number, };

/**
 * What a viewer knows of a camera.
 */
export type Camera = { 
/**
 * Which.
 */
address: CameraAddress, 
/**
 * What operators type to jump to it; unique on its server, from 1.
 */
number: number, 
/**
 * What it is called. Not trusted: may hold anything people or devices type.
 */
name: string, 
/**
 * What it is.
 */
source: CameraSource, 
/**
 * Whether a password is kept for it. The password itself never leaves the server.
 */
hasPassword: boolean, 
/**
 * Its streams, the best first, each with its state.
 */
streams: Array<[StreamRole, StreamState]>, };

/**
 * Where a camera's pictures come from.
 */
export type CameraSource = { "kind": "demo" } | { "kind": "file", 
/**
 * Path on the server.
 */
path: string, } | { "kind": "rtsp", 
/**
 * Address of its best stream, `rtsp://host[:port]/path`, without user and password.
 */
main: string, 
/**
 * Address of a smaller stream, for grids, where it has one.
 */
sub: string | null, 
/**
 * How packets come.
 */
transport: Transport, };

/**
 * How the packets of an RTSP stream come.
 */
export type Transport = "tcp" | "udp";

/**
 * A camera to be added.
 */
export type NewCamera = { 
/**
 * What to call it: 1 to 300 characters; the server picks a name where this is empty.
 */
name: string, 
/**
 * What it is.
 */
source: CameraSource, 
/**
 * How to log in to it, where it asks for that.
 */
login?: Login | null, };

/**
 * How to log in to a camera.
 */
export type Login = { 
/**
 * User name at the camera.
 */
user: string, 
/**
 * Password at the camera. Never sent back.
 */
password: Sensitive, };

/**
 * Which encoding of a camera.
 */
export type StreamRole = "main" | "sub";

/**
 * One encoding of one camera.
 */
export type StreamAddress = { 
/**
 * Whose.
 */
camera: CameraAddress, 
/**
 * Which.
 */
role: StreamRole, };

/**
 * How a stream is doing, from the task that holds it.
 */
export type StreamState = { "kind": "closed" } | { "kind": "connecting", 
/**
 * How far.
 */
stage: ConnectingStage, 
/**
 * Since when, in µs since 1970 UTC.
 */
since: number, } | { "kind": "live", 
/**
 * Codec, by FFmpeg's short name.
 */
codec: string, 
/**
 * Announced width in pixels; 0 where it is not announced.
 */
width: number, 
/**
 * Announced height in pixels; 0 where it is not announced.
 */
height: number, 
/**
 * Whether sound came in this session.
 */
hasSound: boolean, } | { "kind": "stale", 
/**
 * When the last one came, in µs since 1970 UTC.
 */
since: number, } | { "kind": "degraded", 
/**
 * Codec, by FFmpeg's short name.
 */
codec: string, 
/**
 * Announced width in pixels; 0 where it is not announced.
 */
width: number, 
/**
 * Announced height in pixels; 0 where it is not announced.
 */
height: number, 
/**
 * Whether sound came in this session.
 */
hasSound: boolean, 
/**
 * Pictures of a hundred that could not be shown.
 */
droppedPercent: number, } | { "kind": "authFailed", 
/**
 * What the camera said.
 */
failure: Failure, 
/**
 * When it will be tried again, in µs since 1970 UTC.
 */
retryAt: number, } | { "kind": "unsupported", 
/**
 * What it sends.
 */
failure: Failure, 
/**
 * When it will be tried again, in µs since 1970 UTC.
 */
retryAt: number, } | { "kind": "removed" } | { "kind": "lost", 
/**
 * Why.
 */
failure: Failure, 
/**
 * When it will be tried again, in µs since 1970 UTC.
 */
retryAt: number, 
/**
 * Attempts since it was last live.
 */
attempt: number, };

/**
 * Steps on the way to the first picture.
 */
export type ConnectingStage = "opening" | "reaching" | "asking" | "firstKeyFrame";

/**
 * What the streams at an address turned out to be.
 */
export type Probe = { 
/**
 * The stream at the address.
 */
main: StreamProbe, 
/**
 * A smaller stream of the same camera, where its address could be told
 * from the first one's and it answers there.
 */
sub: StreamProbe | null, 
/**
 * A picture of now: a JPEG of at most 320×180 pixels in base64; nothing
 * where it could not be decoded.
 */
thumbnail: string | null, };

/**
 * What a stream turned out to be.
 */
export type StreamProbe = { 
/**
 * Where it is, without user and password.
 */
address: string, 
/**
 * Codec, by FFmpeg's short name.
 */
codec: string, 
/**
 * Width in pixels.
 */
width: number, 
/**
 * Height in pixels.
 */
height: number, 
/**
 * Pictures a second, as counted over some seconds.
 */
rate: number | null, 
/**
 * Seconds from one key frame to the next, where two came in time.
 */
keyInterval: number | null, 
/**
 * Codec of its sound, by FFmpeg's short name.
 */
audio: string | null, 
/**
 * Milliseconds by which the camera's clock is ahead of the server's, as
 * it says itself.
 */
clockOffsetMs: number | null, };

/**
 * How pictures reach a tile.
 */
export type Delivery = "planes" | "jpeg" | "encoded";

/**
 * What the payloads under one `format` number are. Sent before the first of them.
 */
export type PictureFormat = { 
/**
 * How they are delivered.
 */
delivery: Delivery, 
/**
 * Width in pixels, of planes that of luma.
 */
width: number, 
/**
 * Height in pixels, of planes that of luma.
 */
height: number, 
/**
 * Visible width the camera sent, in pixels.
 */
sourceWidth: number, 
/**
 * Visible height the camera sent, in pixels.
 */
sourceHeight: number, 
/**
 * Width to height of the picture as coded, before it is turned.
 */
displayAspect: Ratio, 
/**
 * Clockwise turn needed to stand upright: 0, 90, 180 or 270 degrees.
 */
rotation: number, 
/**
 * Colour matrix.
 */
matrix: ColourMatrix, 
/**
 * Code range.
 */
range: ColourRange, 
/**
 * Whether it is one field of an interlaced picture.
 */
isField: boolean, };

/**
 * What access units under one `format` number are. Sent before the first of them.
 */
export type UnitFormat = { 
/**
 * Codec, by FFmpeg's short name.
 */
codec: string, 
/**
 * Decoder configuration in base64: an `avcC` or `hvcC` record (ISO/IEC
 * 14496-15), after which units have NAL units with their lengths; units
 * are in Annex B form or whole JPEGs where it is empty.
 */
config: string, 
/**
 * Announced width in pixels; 0 where it is not announced.
 */
width: number, 
/**
 * Announced height in pixels; 0 where it is not announced.
 */
height: number, 
/**
 * Width to height of one sample, where the container says it; its word
 * goes before that of the units.
 */
sampleAspect: Ratio | null, 
/**
 * Clockwise turn needed to stand upright: 0, 90, 180 or 270 degrees.
 */
rotation: number, 
/**
 * Colour matrix, as far as the stream or its container says it ahead.
 */
matrix: ColourMatrix | null, 
/**
 * Code range, as far as the stream or its container says it ahead.
 */
range: ColourRange | null, };

/**
 * A positive fraction.
 */
export type Ratio = { 
/**
 * Numerator.
 */
num: number, 
/**
 * Denominator; never zero.
 */
den: number, };

/**
 * How Y′CbCr was made from R′G′B′ (the names of ITU-T H.273).
 */
export type ColourMatrix = "bt601" | "bt709" | "fcc" | "smpte240m" | "bt2020";

/**
 * Which codes stand for black and white.
 */
export type ColourRange = "limited" | "full";

/**
 * A named arrangement of tiles.
 */
export type Layout = { 
/**
 * Its id on its server.
 */
id: number, 
/**
 * What it is called: 1 to 300 characters.
 */
name: string, 
/**
 * How many tiles are shown, and where.
 */
shape: LayoutShape, 
/**
 * What each tile shows, in reading order. At least as many as the shape
 * shows and at most 64; those beyond are kept for when it grows again.
 */
tiles: Array<CameraAddress | null>, 
/**
 * Index of the tile that shows what is selected; one that is shown.
 */
spot: number | null, };

/**
 * How tiles are arranged.
 */
export type LayoutShape = "single" | "quad" | "nine" | "sixteen" | "twentyFive" | "thirtySix" | "sixtyFour" | "onePlusFive" | "onePlusSeven" | "twoPlusEight";

/**
 * What the owner chose, kept by the server for all viewers.
 */
export type Settings = { 
/**
 * Colours of the interface.
 */
theme: Theme, 
/**
 * The layout shown when a viewer opens.
 */
layout: number, 
/**
 * Whether the engine goes on when the last window closes.
 */
keepRunning: boolean, 
/**
 * Shortcuts in place of those the program has, by the id of their action;
 * empty where it is to have none. At most 200; ids have at most 64
 * characters, shortcuts 32.
 */
keys: { [key in string]: string }, };

/**
 * Colours of the interface.
 */
export type Theme = "system" | "dark" | "light" | "highContrast";

/**
 * A folder on a disk of the server, which recordings are written to.
 */
export type Volume = { 
/**
 * A UUID, which lies in the folder, too.
 */
id: string, 
/**
 * The folder on the server, 1 to 4096 bytes.
 */
path: string, 
/**
 * How many bytes of recordings it may hold; as many as fit where nothing
 * is said.
 */
maxBytes: number | null, 
/**
 * How many days recordings stay, 1 to 36500; while there is room where
 * nothing is said.
 */
maxDays: number | null, };

/**
 * A volume to be added.
 */
export type NewVolume = { 
/**
 * The folder on the server, 1 to 4096 bytes.
 */
path: string, 
/**
 * How many bytes of recordings it may hold; as many as fit where nothing
 * is said.
 */
maxBytes: number | null, 
/**
 * How many days recordings stay, 1 to 36500; while there is room where
 * nothing is said.
 */
maxDays: number | null, };

/**
 * How a volume is doing.
 */
export type VolumeState = { "kind": "ready" } | { "kind": "full" } | { "kind": "slow" } | { "kind": "readOnly", 
/**
 * What to do: a sentence.
 */
message: string, } | { "kind": "missing", 
/**
 * What to do: a sentence.
 */
message: string, } | { "kind": "swapped", 
/**
 * What to do: a sentence.
 */
message: string, } | { "kind": "failed", 
/**
 * What to do: a sentence.
 */
message: string, };

/**
 * A volume, what is on it and how long that will go on.
 */
export type VolumeStatus = { 
/**
 * Which.
 */
volume: Volume, 
/**
 * How it is doing.
 */
state: VolumeState, 
/**
 * Bytes on its disk.
 */
totalBytes: number, 
/**
 * Bytes of them that are free.
 */
freeBytes: number, 
/**
 * Bytes of recordings on it.
 */
recordedBytes: number, 
/**
 * When the oldest recording on it begins, in µs since 1970 UTC.
 */
oldest: number | null, 
/**
 * Days of recordings that it will hold, at the rate at which they come;
 * nothing in the first hour.
 */
forecastDays: number | null, 
/**
 * Milliseconds that 99 of 100 writes stay below; nothing before the first.
 */
writeLagMs: number | null, };

/**
 * How a stream is recorded.
 */
export type RecordingPlan = { 
/**
 * When it is.
 */
mode: RecordingMode, 
/**
 * Seconds kept from before an event, 0 to 60.
 */
preSeconds: number, 
/**
 * Seconds recorded after an event, 0 to 600.
 */
postSeconds: number, 
/**
 * Whether its sound is recorded, too.
 */
audio: boolean, 
/**
 * Id of the volume it is written to; the first one where nothing is said.
 */
volume: string | null, 
/**
 * How many days its recordings stay, 1 to 36500; as the volume says where
 * nothing is said.
 */
maxDays: number | null, 
/**
 * How many bytes of recordings it may have; as the volume says where
 * nothing is said.
 */
maxBytes: number | null, 
/**
 * What is recorded at each of the 168 hours of a week where the mode is
 * `schedule`, from Monday 0:00 by the server's local time.
 */
week: Array<HourMode>, };

/**
 * When a stream is recorded.
 */
export type RecordingMode = "off" | "continuous" | "event" | "schedule";

/**
 * What is recorded in an hour.
 */
export type HourMode = "off" | "event" | "continuous";

/**
 * How one stream is recorded.
 */
export type StreamPlan = { 
/**
 * Which.
 */
stream: StreamAddress, 
/**
 * How.
 */
plan: RecordingPlan, };

/**
 * How the recording of a stream is doing.
 */
export type StreamRecordingState = { "kind": "off" } | { "kind": "notYet" } | { "kind": "recording", 
/**
 * Since when without a gap, in µs since 1970 UTC.
 */
since: number, } | { "kind": "waiting" } | { "kind": "failed", 
/**
 * Why.
 */
cause: GapCause, 
/**
 * The same for people: a sentence, with the next step where there is one.
 */
message: string, 
/**
 * Since when, in µs since 1970 UTC.
 */
since: number, };

/**
 * What is recorded of one stream.
 */
export type StreamRecording = { 
/**
 * Which.
 */
stream: StreamAddress, 
/**
 * How it is doing.
 */
state: StreamRecordingState, 
/**
 * Bytes of its recordings.
 */
bytes: number, 
/**
 * When the oldest of them begins, in µs since 1970 UTC.
 */
oldest: number | null, 
/**
 * How much of a hundred was recorded of what should have been in the last
 * 24 h; nothing where nothing should have been.
 */
proofPercent: number | null, };

/**
 * Somebody, or a time server, set the server's clock.
 */
export type ClockSet = { 
/**
 * When, by the clock as it was set, in µs since 1970 UTC.
 */
at: number, 
/**
 * By how many µs; negative where it was set back.
 */
by: number, };

/**
 * How recording is doing.
 */
export type RecordingStatus = { 
/**
 * In the order they were added.
 */
volumes: Array<VolumeStatus>, 
/**
 * Every stream of every camera.
 */
streams: Array<StreamRecording>, 
/**
 * Days of recordings that the volumes will hold together, at the rate at
 * which they come; nothing in the first hour.
 */
forecastDays: number | null, 
/**
 * The last setting of the server's clock since it started: times before it
 * are off by so much. Nothing where it was not set.
 */
clockSet: ClockSet | null, };

/**
 * A span that should have been recorded and was not.
 */
export type RecordingGap = { 
/**
 * Of which stream.
 */
stream: StreamAddress, 
/**
 * When it begins, in µs since 1970 UTC.
 */
from: number, 
/**
 * When it ends: the first moment that is not part of it.
 */
to: number, 
/**
 * Why.
 */
cause: GapCause, };

/**
 * Why something that should have been recorded was not.
 */
export type GapCause = "unreachable" | "auth" | "networkLoss" | "diskFull" | "diskSlow" | "volumeGone" | "volumeFailed" | "engineStopped" | "machineAsleep" | "schedule" | "retention" | "unsupported" | "noVolume";

/**
 * A moment or span of some cameras that somebody wants to find again.
 */
export type Bookmark = { 
/**
 * Its id on its server; never another's.
 */
id: number, 
/**
 * What it marks.
 */
marked: NewBookmark, 
/**
 * When it was added, in µs since 1970 UTC.
 */
created: number, };

/**
 * What a bookmark marks.
 */
export type NewBookmark = { 
/**
 * Whose recordings, removed or not: 1 to 256.
 */
cameras: Array<CameraAddress>, 
/**
 * When it begins, in µs since 1970 UTC.
 */
from: number, 
/**
 * When it ends: the first moment that is not part of it; when it begins
 * where it is a moment.
 */
to: number, 
/**
 * What it is called: 1 to 300 characters. Not trusted.
 */
name: string, 
/**
 * What else there is to say: one line of at most 300 characters. Not trusted.
 */
note: string, };

/**
 * A span of a camera's recordings that is never removed to make room.
 */
export type Evidence = { 
/**
 * Its id on its server; never another's.
 */
id: number, 
/**
 * Whose, removed or not.
 */
camera: CameraAddress, 
/**
 * When it begins, in µs since 1970 UTC.
 */
from: number, 
/**
 * When it ends: the first moment that is not part of it.
 */
to: number, 
/**
 * What it is kept for. Not trusted: may hold anything people type.
 */
note: string, 
/**
 * When it was added, in µs since 1970 UTC.
 */
created: number, };

/**
 * A span of a camera's recordings that is to stay.
 */
export type NewEvidence = { 
/**
 * Whose, removed or not.
 */
camera: CameraAddress, 
/**
 * When it begins, in µs since 1970 UTC.
 */
from: number, 
/**
 * When it ends, later than it begins: the first moment that is not part of it.
 */
to: number, 
/**
 * What it is kept for: one line of at most 300 characters.
 */
note: string, };

/**
 * What a viewer wants to be exported: recordings as MP4 files, in a folder
 * with a manifest and a page that plays them together.
 */
export type NewExport = { 
/**
 * Of which streams: 1 to 256.
 */
streams: Array<StreamAddress>, 
/**
 * From when on, in µs since 1970 UTC.
 */
from: number, 
/**
 * The first moment that is not wanted.
 */
to: number, 
/**
 * A folder on the server that is there, 1 to 4096 bytes.
 */
destination: string, 
/**
 * Time zone of the names of files, such as `Europe/Berlin`; the server's
 * where nothing is said.
 */
zone?: string | null, 
/**
 * Whether one stream without a gap becomes one file, with its manifest
 * beside it, instead of a folder.
 */
singleFile: boolean, 
/**
 * Whether the camera's name and the time, with seconds and in `zone`, are
 * burnt into the pictures, which are then encoded again as H.264.
 */
burnIn?: boolean, 
/**
 * What the folder is called, which its page says, too: at most 300
 * characters; after the cameras where it is empty. Not trusted.
 */
name?: string, 
/**
 * What else there is to say of it: one line of at most 300 characters. Not
 * trusted.
 */
note?: string, };

/**
 * An export.
 */
export type Export = { 
/**
 * Its id, until the server stops.
 */
id: number, 
/**
 * Of which streams.
 */
streams: Array<StreamAddress>, 
/**
 * From when on, in µs since 1970 UTC.
 */
from: number, 
/**
 * The first moment that is not in it.
 */
to: number, 
/**
 * The folder on the server.
 */
destination: string, 
/**
 * About how many bytes it takes.
 */
bytes: number, 
/**
 * How it is doing.
 */
state: ExportState, };

/**
 * How an export is doing.
 */
export type ExportState = { "kind": "running", 
/**
 * How many bytes are done.
 */
doneBytes: number, } | { "kind": "done", 
/**
 * The folder, or the file, on the server.
 */
path: string, 
/**
 * Its films.
 */
files: number, 
/**
 * All of them, in bytes.
 */
bytes: number, 
/**
 * Films that an export of the same that was interrupted had left.
 */
resumed: number, 
/**
 * Spans in which a recording is damaged.
 */
damaged: number, } | { "kind": "cancelled" } | { "kind": "failed", 
/**
 * Why.
 */
failure: Failure, };

/**
 * What a viewer wants a picture of, as a file.
 */
export type NewStill = { 
/**
 * Of which stream. Of a recording it is the camera's other stream where
 * that alone was recorded.
 */
stream: StreamAddress, 
/**
 * Of when, in µs since 1970 UTC: the picture that a playback shows then;
 * live where nothing is said.
 */
at: number | null, 
/**
 * As what.
 */
format: StillFormat, 
/**
 * A small one instead, for a look in passing: no larger than this, and
 * where `at` is said, of the key frame at or before it.
 */
thumbnail?: ThumbnailSize | null, 
/**
 * Time zone of its name, such as `Europe/Berlin`; the server's where
 * nothing is said.
 */
zone?: string | null, };

/**
 * What kind of file a picture is.
 */
export type StillFormat = "png" | "jpeg";

/**
 * What a thumbnail is to fit.
 */
export type ThumbnailSize = { 
/**
 * In pixels, 1 to 640.
 */
width: number, 
/**
 * In pixels, 1 to 640.
 */
height: number, };

/**
 * A picture as a file: all samples of the stream, unless it is a thumbnail,
 * upright, and as wide as it is meant to be seen.
 */
export type Still = { 
/**
 * When it reached the server, in µs since 1970 UTC.
 */
taken: number, 
/**
 * In pixels.
 */
width: number, 
/**
 * In pixels.
 */
height: number, 
/**
 * What the file may be called on any system: what the camera is called,
 * and when that was.
 */
name: string, 
/**
 * The file, in Base64.
 */
file: string, };

/**
 * What is looked for in the pictures of a camera, and how that is doing.
 */
export type CameraMotion = { 
/**
 * Which.
 */
camera: CameraAddress, 
/**
 * What is looked for.
 */
settings: MotionSettings, 
/**
 * How it is doing.
 */
state: MotionState, };

/**
 * What is looked for in the pictures of a camera.
 */
export type MotionSettings = { 
/**
 * Whether anything is.
 */
mode: MotionMode, 
/**
 * Where things are told; the whole picture where there is none. At most 32.
 */
zones: Array<MotionZone>, 
/**
 * Where things are not told, whatever the zones say: corners, one after
 * the other. At most 32.
 */
masks: Array<Array<PicturePoint>>, 
/**
 * What things are told to cross. At most 32.
 */
lines: Array<MotionLine>, };

/**
 * Whether a camera is watched.
 */
export type MotionMode = "auto" | "on" | "off";

/**
 * Where things are told, and which.
 */
export type MotionZone = { 
/**
 * What it is called: at most 100 characters, none where it has no name.
 */
name: string, 
/**
 * 3 to 64, one after the other, of a shape whose sides do not cross; the
 * whole picture where there is none.
 */
corners: Array<PicturePoint> | null, 
/**
 * From 0, only what stands out most, to 100, all that is seen.
 */
sensitivity: number, 
/**
 * Smaller things are not told; a share of the picture, 0 to 1.
 */
minSize: number, 
/**
 * Larger things are not told either.
 */
maxSize: number, 
/**
 * What is in it for less is not told.
 */
minSeconds: number, 
/**
 * Only what goes this way is told.
 */
direction: MotionDirection | null, 
/**
 * What stays for longer is told once more, as loitering.
 */
loiteringSeconds: number | null, 
/**
 * Whether things are told at each of the 168 hours of a week, from Monday 0:00
 * by the server's local time; always where nothing is said. What begins at one
 * that is on is told to its end; at a camera that is coarse, to that of the
 * hours that are on.
 */
schedule: Array<boolean> | null, };

/**
 * A place in a picture, whatever its size: 0 is left and top, 1 is right and
 * bottom.
 */
export type PicturePoint = { 
/**
 * From the left.
 */
x: number, 
/**
 * From the top.
 */
y: number, };

/**
 * How many of a stream's pictures are looked at for motion.
 */
export type MotionAttention = { "kind": "always" } | { "kind": "learning" } | { "kind": "bySize", 
/**
 * Whether it is only key frames now.
 */
isAsleep: boolean, 
/**
 * How often all were looked at for a while to see whether anything is missed.
 */
checks: number, };

/**
 * A way across the picture.
 */
export type MotionDirection = { 
/**
 * 0 is right, 90 is down.
 */
degrees: number, 
/**
 * So many degrees to either side are the same way, 0 to 180.
 */
tolerance: number, };

/**
 * A line that things cross.
 */
export type MotionLine = { 
/**
 * What it is called: at most 100 characters, none where it has no name.
 */
name: string, 
/**
 * One end.
 */
from: PicturePoint, 
/**
 * The other end.
 */
to: PicturePoint, 
/**
 * Which crossings are told.
 */
sense: LineSense, };

/**
 * Which way a line is crossed by who stands at its first end and looks at the other.
 */
export type LineSense = "both" | "toRight" | "toLeft";

/**
 * How looking for motion is doing.
 */
export type MotionState = { "kind": "off" } | { "kind": "starting" } | { "kind": "watching", 
/**
 * Whether they lie so far apart that things cannot be followed: what
 * moves is told, and where; ways, lines and loitering are not.
 */
isCoarse: boolean, 
/**
 * How many of the stream's are.
 */
attention: MotionAttention, } | { "kind": "waiting" } | { "kind": "blind", 
/**
 * Why: a sentence, with the next step where there is one.
 */
message: string, 
/**
 * Since when, in µs since 1970 UTC.
 */
since: number, };

/**
 * Something moved at a camera in the part of the picture that was searched.
 */
export type MotionSpan = { 
/**
 * At which.
 */
camera: CameraAddress, 
/**
 * From when, in µs since 1970 UTC; exact to five seconds.
 */
from: number, 
/**
 * Until when, at most an hour later.
 */
to: number, };

/**
 * Something that happened at a camera.
 */
export type CameraEvent = { 
/**
 * Its id on its server.
 */
id: number, 
/**
 * Where.
 */
camera: CameraAddress, 
/**
 * What.
 */
kind: EventKind, 
/**
 * The zone or line it happened at, or what somebody called it; may be
 * empty. Not trusted: may hold anything people type.
 */
label: string, 
/**
 * When it began, in µs since 1970 UTC.
 */
from: number, 
/**
 * When it was seen last, at most an hour later.
 */
to: number, 
/**
 * When it is seen best.
 */
best: number, 
/**
 * Whether somebody looked through it.
 */
isReviewed: boolean, };

/**
 * What happened.
 */
export type EventKind = "motion" | "loitering" | "crossing" | "covered" | "black" | "defocused" | "frozen" | "shifted" | "reported";

/**
 * Where the thing was that an event is of.
 */
export type TrackPlace = { 
/**
 * When, in µs since 1970 UTC: perhaps before the event began.
 */
time: number, 
/**
 * Its middle.
 */
centre: PicturePoint, 
/**
 * A share of the picture's width.
 */
width: number, 
/**
 * A share of its height.
 */
height: number, };

/**
 * What is seen in one picture of a camera that is watched for motion.
 */
export type Observation = { 
/**
 * When the picture was taken, in µs since 1970 UTC.
 */
time: number, 
/**
 * Of the picture as it was looked at, in pixels.
 */
width: number, 
/**
 * The same.
 */
height: number, 
/**
 * A bit for each of these pixels, row by row without padding between rows,
 * the first in the highest bit of the first byte: 1 where the pixel stands out. In
 * Base64; empty where none does.
 */
foreground: string, 
/**
 * What is followed, at most 64 things.
 */
things: Array<ObservedThing>, };

/**
 * Something that is followed from picture to picture.
 */
export type ObservedThing = { 
/**
 * The same in all pictures that it is followed through.
 */
id: number, 
/**
 * Its left and top.
 */
from: PicturePoint, 
/**
 * Its right and bottom.
 */
to: PicturePoint, 
/**
 * Where its middle was, thinned out: at most 32, the last is now.
 */
path: Array<PicturePoint>, 
/**
 * What becomes of it.
 */
verdict: ThingVerdict, };

/**
 * What becomes of a thing that is followed.
 */
export type ThingVerdict = { "kind": "elsewhere" } | { "kind": "masked" } | { "kind": "told", 
/**
 * Of which zone, from 0; the whole picture where there is no zone.
 */
zone: number, } | { "kind": "refused", 
/**
 * In which, from 0: where it is in several, the one that comes nearest to
 * telling it.
 */
zone: number, 
/**
 * Why.
 */
reason: RefusalReason, };

/**
 * Why a thing in a zone is not told.
 */
export type RefusalReason = "hours" | "still" | "faint" | "small" | "large" | "brief" | "otherWay";

/**
 * What other settings would have told of a recording, beside what those that
 * are kept tell of it.
 */
export type MotionTrial = { 
/**
 * In the order in which they begin; all of them begin in the span.
 */
events: Array<TriedEvent>, 
/**
 * So much of the span is recorded and was looked at, in microseconds.
 */
looked: number, };

/**
 * Something that happened, by at least one of both settings.
 */
export type TriedEvent = { 
/**
 * By which of both.
 */
verdict: TrialVerdict, 
/**
 * What.
 */
kind: EventKind, 
/**
 * The zone or line it happened at; may be empty. Not trusted: may hold
 * anything people type.
 */
label: string, 
/**
 * When it began, in µs since 1970 UTC.
 */
from: number, 
/**
 * When it was seen last.
 */
to: number, 
/**
 * When it is seen best.
 */
best: number, };

/**
 * What becomes of an event with other settings.
 */
export type TrialVerdict = "stays" | "comes" | "goes";

/**
 * What is recorded in a span, in buckets of the same length.
 */
export type Timeline = { 
/**
 * When the first bucket begins, in µs since 1970 UTC.
 */
from: number, 
/**
 * When the last bucket ends.
 */
to: number, 
/**
 * How many there are.
 */
buckets: number, 
/**
 * One a camera, in the order in which they were asked for.
 */
lanes: Array<TimelineLane>, };

/**
 * What is recorded of one camera.
 */
export type TimelineLane = { 
/**
 * Which.
 */
camera: CameraAddress, 
/**
 * Its buckets as runs, in Base64: two bytes for 1 to 255 buckets in turn
 * that are the same, their number and a [`TimelineBucket`].
 */
runs: string, 
/**
 * What happened in them, as runs of the same form whose second byte is an
 * [`EventMark`].
 */
events: string, };

/**
 * The ends of what is recorded of a camera that are nearest to a moment.
 * Holes shorter than 500 ms are none. Nothing where there is none.
 */
export type Neighbours = { 
/**
 * The last begin before it, in µs since 1970 UTC.
 */
beginBefore: number | null, 
/**
 * The last end before it, or at it.
 */
endBefore: number | null, 
/**
 * The first begin after it.
 */
beginAfter: number | null, 
/**
 * The first end after it.
 */
endAfter: number | null, };

/**
 * How a playback goes on. From `at` on, its time goes `speed` times as fast
 * as the clock, until the next of these.
 */
export type PlaybackState = { 
/**
 * Where it is now, in µs since 1970 UTC.
 */
at: number, 
/**
 * How fast; 0 while it stands, negative backwards.
 */
speed: number, 
/**
 * Why the server changed it, where the viewer did not ask for it.
 */
because: PlaybackTurn | null, };

/**
 * Why a server changes how a playback goes on.
 */
export type PlaybackTurn = "stepped" | "skipped" | "live" | "begin";

/**
 * What a tile of a playback shows.
 */
export type RecordedState = { "kind": "shown" } | { "kind": "nothing", 
/**
 * Why, where that is known.
 */
cause: GapCause | null, } | { "kind": "failed", 
/**
 * Why: a sentence.
 */
message: string, };

/**
 * What an engine counted since it started.
 */
export type Statistics = { 
/**
 * Seconds since the engine started.
 */
uptimeSeconds: number, 
/**
 * Process id of the engine.
 */
process: number, 
/**
 * Process ids of its workers.
 */
workers: Array<number>, 
/**
 * Workers that died and were started again.
 */
workersLost: number, 
/**
 * Every open stream.
 */
streams: Array<StreamStatistics>, 
/**
 * Every tile of every viewer.
 */
viewers: Array<ViewerStatistics>, };

/**
 * Counts of one stream since it was opened.
 */
export type StreamStatistics = { 
/**
 * Which.
 */
stream: StreamAddress, 
/**
 * Sessions begun.
 */
sessions: number, 
/**
 * Access units received.
 */
units: number, 
/**
 * Access units that should have come and did not.
 */
missed: number, 
/**
 * Losses inside sessions.
 */
gaps: number, 
/**
 * Packets that did not come, as far as their numbers tell.
 */
lostPackets: number, 
/**
 * Access units that came and were dropped, since they build on something lost.
 */
dropped: number, 
/**
 * Milliseconds by which the camera's clock is ahead of the server's, as
 * the camera says itself.
 */
clockOffsetMs: number | null, 
/**
 * Bytes of access units.
 */
bytes: number, 
/**
 * Pictures decoded and scaled.
 */
pictures: number, 
/**
 * Pictures in which motion was looked for.
 */
lookedAt: number, };

/**
 * Counts of one tile of one viewer since it subscribed.
 */
export type ViewerStatistics = { 
/**
 * Number of the session.
 */
session: number, 
/**
 * The viewer's name for the tile.
 */
subscription: number, 
/**
 * What it shows.
 */
stream: StreamAddress, 
/**
 * How it is delivered; nothing before the first picture.
 */
delivery: Delivery | null, 
/**
 * Why it is delivered this way.
 */
reason: string, 
/**
 * Pictures sent, or access units that are to be shown.
 */
sent: number, 
/**
 * Pictures the viewer drew.
 */
drawn: number, 
/**
 * Milliseconds from a picture leaving the worker, or an access unit reaching
 * the engine, to its draw call, over the last 512 pictures drawn.
 */
drawLagMs: Spread, 
/**
 * Milliseconds from the access unit reaching the engine to the draw call
 * of its picture, over the same pictures.
 */
lagMs: Spread, };

/**
 * How a quantity is spread.
 */
export type Spread = { 
/**
 * Half are below.
 */
median: number, 
/**
 * 99 of 100 are below.
 */
p99: number, 
/**
 * None is above.
 */
max: number, };

/**
 * Opens one session, once.
 */
export type Ticket = { 
/**
 * To be sent in the first request.
 */
ticket: Sensitive, };

/**
 * Text that opens something: a password, a ticket, a key. It is sent, and
 * never printed.
 */
export type Sensitive = string;
