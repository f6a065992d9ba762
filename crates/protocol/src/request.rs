use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    CameraAddress, Delivery, Layout, Login, MotionSettings, NewBookmark, NewCamera, NewEvidence,
    NewExport, NewStill, NewVolume, PicturePoint, RecordingPlan, Sensitive, Settings,
    StreamAddress, Transport, Volume,
};

/// What a viewer may send. One that breaks a rule ends the session with a
/// [`crate::Message::Goodbye`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Request {
    /// Must come first, within five seconds.
    #[serde(rename_all = "camelCase")]
    Hello {
        /// [`crate::PROTOCOL_VERSION`] of the viewer.
        version: u32,
        /// A single-use ticket.
        ticket: Sensitive,
    },
    /// Shows a stream on a tile.
    #[serde(rename_all = "camelCase")]
    Subscribe {
        /// The viewer's name for it; not in use.
        subscription: u32,
        /// What to show.
        stream: StreamAddress,
        /// Width of the tile in device pixels, 1 to 16384.
        width: u32,
        /// Height of the tile in device pixels, 1 to 16384.
        height: u32,
        /// What the viewer can take, the best first. It gets the first that there
        /// is of the stream, and another where the stream changes.
        accepts: Vec<Delivery>,
        /// Codecs whose access units it takes, by FFmpeg's short names; any
        /// where nothing is said.
        #[serde(default)]
        #[ts(optional = nullable)]
        codecs: Option<Vec<String>>,
        /// The playback whose recorded pictures it shows; live ones where
        /// nothing is said. It is decoded by the server, so that each picture
        /// is exact: `encoded` is not delivered.
        #[serde(default)]
        #[ts(optional = nullable)]
        playback: Option<u32>,
    },
    /// Sets how a playback goes on, and begins it where there is none of the
    /// name; answered with a [`crate::Message::Playback`]. The tiles that
    /// subscribed with its name show the same time. One that is asked for many
    /// times over goes to the newest.
    #[serde(rename_all = "camelCase")]
    Play {
        /// The viewer's name for it.
        playback: u32,
        /// To where, in µs since 1970 UTC; nothing to go on from where it is.
        #[ts(type = "number | null")]
        at: Option<i64>,
        /// How fast: 0 stands, 1 as it was, negative backwards; within
        /// [`crate::MAX_SPEED`].
        speed: f64,
    },
    /// Moves a playback by pictures of one of its tiles, where it then stands.
    #[serde(rename_all = "camelCase")]
    Step {
        /// Which.
        playback: u32,
        /// Whose pictures.
        subscription: u32,
        /// How many, negative backwards; within [`crate::MAX_STEP`].
        pictures: i32,
    },
    /// Forgets a playback; its tiles show nothing any more.
    #[serde(rename_all = "camelCase")]
    EndPlayback {
        /// Which.
        playback: u32,
    },
    /// The tile has another size now.
    #[serde(rename_all = "camelCase")]
    Resize {
        /// Which.
        subscription: u32,
        /// Width of the tile in device pixels, 1 to 16384.
        width: u32,
        /// Height of the tile in device pixels, 1 to 16384.
        height: u32,
    },
    /// Hears a stream. Where it has no sound, nothing comes until it has. What
    /// is recorded is heard while its playback is as fast as it was, and comes
    /// some tenths of a second before the time in its header.
    #[serde(rename_all = "camelCase")]
    Listen {
        /// The viewer's name for it; in use neither for a tile nor for sound.
        subscription: u32,
        /// What to hear.
        stream: StreamAddress,
        /// The playback whose recorded sound it is; live sound where nothing
        /// is said.
        #[serde(default)]
        #[ts(optional = nullable)]
        playback: Option<u32>,
    },
    /// Observes what is seen in the pictures of a camera, where it is watched for
    /// motion, and what would be told of it. At most [`crate::MAX_OBSERVED`] at a time.
    #[serde(rename_all = "camelCase")]
    Observe {
        /// The viewer's name for it; not in use.
        subscription: u32,
        /// Which.
        camera: CameraAddress,
        /// By what things are judged; nothing is kept, and whether the camera is
        /// watched stays as it is.
        settings: MotionSettings,
    },
    /// The tile shows it no longer, or it is neither heard nor observed any longer.
    /// Its name may be used again.
    #[serde(rename_all = "camelCase")]
    Unsubscribe {
        /// Which.
        subscription: u32,
    },
    /// The viewer is done with a picture and all before it, and more may be sent.
    #[serde(rename_all = "camelCase")]
    Acknowledge {
        /// Which tile.
        subscription: u32,
        /// Sequence of the picture or access unit.
        sequence: u32,
        /// When its draw call was made, in µs since 1970 UTC by the viewer's
        /// clock; nothing where it was not and will not be drawn.
        #[ts(type = "number | null")]
        drawn: Option<i64>,
    },
    /// Asks the server to do something; answered with a [`crate::Message::Reply`].
    #[serde(rename_all = "camelCase")]
    Command {
        /// The viewer's name for it, repeated in the reply.
        request: u32,
        /// What.
        command: Command,
    },
}

/// What a viewer may ask a server to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind", deny_unknown_fields)]
pub enum Command {
    /// Adds a camera; answered with [`crate::Reply::Camera`].
    #[serde(rename_all = "camelCase")]
    AddCamera {
        /// Which.
        camera: NewCamera,
    },
    /// Gives a camera another name.
    #[serde(rename_all = "camelCase")]
    RenameCamera {
        /// Which.
        camera: CameraAddress,
        /// 1 to 300 characters.
        name: String,
    },
    /// Removes a camera. [`Command::RestoreCamera`] takes it back.
    #[serde(rename_all = "camelCase")]
    RemoveCamera {
        /// Which.
        camera: CameraAddress,
    },
    /// Undoes the removal of a camera.
    #[serde(rename_all = "camelCase")]
    RestoreCamera {
        /// Which.
        camera: CameraAddress,
    },
    /// Keeps the user name and password of a camera; an empty password forgets both.
    #[serde(rename_all = "camelCase")]
    SetPassword {
        /// Which.
        camera: CameraAddress,
        /// User name at the camera.
        user: String,
        /// Password at the camera. Never sent back.
        password: Sensitive,
    },
    /// Tries the address of a camera, which takes some seconds; answered with
    /// [`crate::Reply::Probe`]. Nothing is kept.
    #[serde(rename_all = "camelCase")]
    ProbeCamera {
        /// As typed; user and password may stand in it.
        address: String,
        /// How packets are to come.
        transport: Transport,
        /// How to log in.
        #[serde(default)]
        #[ts(optional = nullable)]
        login: Option<Login>,
        /// A camera whose kept login is used where none is given.
        #[serde(default)]
        #[ts(optional = nullable)]
        camera: Option<CameraAddress>,
    },
    /// Adds a layout; answered with [`crate::Reply::Layout`]. Adding a removed one again
    /// undoes its removal, under another id.
    #[serde(rename_all = "camelCase")]
    AddLayout {
        /// Its id is of no account.
        layout: Layout,
    },
    /// Replaces a layout.
    #[serde(rename_all = "camelCase")]
    SetLayout {
        /// With the id of the one to replace.
        layout: Layout,
    },
    /// Removes a layout, unless it is the last. Where the settings have it,
    /// they have another one then.
    #[serde(rename_all = "camelCase")]
    RemoveLayout {
        /// Which, by its id.
        layout: u32,
    },
    /// Replaces the settings.
    #[serde(rename_all = "camelCase")]
    SetSettings {
        /// All of them.
        settings: Settings,
    },
    /// Answered with [`crate::Reply::Statistics`].
    Statistics,
    /// Adds a volume and writes its id into its folder, which is made where it
    /// is missing; answered with [`crate::Reply::Volume`].
    #[serde(rename_all = "camelCase")]
    AddVolume {
        /// Which.
        volume: NewVolume,
    },
    /// Replaces a volume.
    #[serde(rename_all = "camelCase")]
    SetVolume {
        /// With the id of the one to replace.
        volume: Volume,
    },
    /// Forgets a volume; what lies on it stays. Plans that name it name none then.
    #[serde(rename_all = "camelCase")]
    RemoveVolume {
        /// Which, by its id.
        volume: String,
    },
    /// Says how a stream is recorded.
    #[serde(rename_all = "camelCase")]
    SetPlan {
        /// Which.
        stream: StreamAddress,
        /// How.
        plan: RecordingPlan,
    },
    /// How recording is doing; answered with [`crate::Reply::RecordingStatus`].
    RecordingStatus,
    /// What was not recorded and should have been; answered with
    /// [`crate::Reply::Gaps`].
    #[serde(rename_all = "camelCase")]
    Gaps {
        /// Those that end after this, in µs since 1970 UTC.
        #[ts(type = "number")]
        from: i64,
        /// Those that begin before this, in µs since 1970 UTC.
        #[ts(type = "number")]
        to: i64,
        /// Whose; every camera's where nothing is said.
        camera: Option<CameraAddress>,
        /// The most that are sent, at most 10000: those that begin first.
        limit: u32,
    },
    /// What is recorded, and why the rest is not; answered with
    /// [`crate::Reply::Timeline`].
    #[serde(rename_all = "camelCase")]
    Timeline {
        /// Whose, at most 256.
        cameras: Vec<CameraAddress>,
        /// When the first bucket begins, in µs since 1970 UTC.
        #[ts(type = "number")]
        from: i64,
        /// When the last bucket ends.
        #[ts(type = "number")]
        to: i64,
        /// How many there are to be: 1 to 4096, and none shorter than 1 µs.
        buckets: u32,
    },
    /// Where what is recorded of a camera begins and ends next; answered with
    /// [`crate::Reply::Neighbours`].
    #[serde(rename_all = "camelCase")]
    Neighbours {
        /// Whose.
        camera: CameraAddress,
        /// Seen from when, in µs since 1970 UTC.
        #[ts(type = "number")]
        at: i64,
    },
    /// Says that a span of recordings must stay; answered with
    /// [`crate::Reply::Evidence`].
    #[serde(rename_all = "camelCase")]
    AddEvidence {
        /// Which.
        evidence: NewEvidence,
    },
    /// Says that a span of recordings need not stay any longer.
    #[serde(rename_all = "camelCase")]
    RemoveEvidence {
        /// Which.
        id: u32,
    },
    /// What must stay; answered with [`crate::Reply::EvidenceList`].
    Evidence,
    /// Marks something, to be found again; answered with
    /// [`crate::Reply::Bookmark`].
    #[serde(rename_all = "camelCase")]
    AddBookmark {
        /// What. Adding a removed one again undoes its removal, under another id.
        bookmark: NewBookmark,
    },
    /// Lets a bookmark mark something else.
    #[serde(rename_all = "camelCase")]
    SetBookmark {
        /// Which.
        id: u32,
        /// What it marks from now on.
        bookmark: NewBookmark,
    },
    /// Forgets a bookmark; what it marks stays.
    #[serde(rename_all = "camelCase")]
    RemoveBookmark {
        /// Which.
        id: u32,
    },
    /// Answered with [`crate::Reply::Bookmarks`].
    Bookmarks,
    /// Exports recordings; answered with [`crate::Reply::Export`] when it
    /// begins, and refused where it cannot. How it is doing comes as
    /// [`crate::Update::Export`].
    #[serde(rename_all = "camelCase")]
    Export {
        /// What, and where to.
        export: NewExport,
    },
    /// How much an export would take; answered with
    /// [`crate::Reply::ExportEstimate`], and refused where it could not begin.
    #[serde(rename_all = "camelCase")]
    EstimateExport {
        /// What, and where to.
        export: NewExport,
    },
    /// Exports that are being made, and those that ended last; answered with
    /// [`crate::Reply::Exports`].
    Exports,
    /// Ends an export and removes what was written of it.
    #[serde(rename_all = "camelCase")]
    CancelExport {
        /// Which, by its id.
        export: u32,
    },
    /// Takes one picture of a camera as a file, which may take some seconds;
    /// answered with [`crate::Reply::Still`], or [`crate::Reply::Unrecorded`].
    #[serde(rename_all = "camelCase")]
    TakeStill {
        /// Of what, and as what.
        still: NewStill,
    },
    /// Says what is looked for in the pictures of a camera.
    #[serde(rename_all = "camelCase")]
    SetMotion {
        /// Which.
        camera: CameraAddress,
        /// What.
        settings: MotionSettings,
    },
    /// Tries what could be looked for on what is recorded of a camera, and keeps
    /// nothing of it, which may take some seconds; answered with
    /// [`crate::Reply::MotionTrial`].
    #[serde(rename_all = "camelCase")]
    TryMotion {
        /// Which.
        camera: CameraAddress,
        /// What; whether anything is looked for is of no account.
        settings: MotionSettings,
        /// From when on, in µs since 1970 UTC.
        #[ts(type = "number")]
        from: i64,
        /// The first moment that is not looked at, at most ten minutes later.
        #[ts(type = "number")]
        to: i64,
    },
    /// What happened; answered with [`crate::Reply::Events`].
    #[serde(rename_all = "camelCase")]
    Events {
        /// Where; at most 256.
        cameras: Vec<CameraAddress>,
        /// Those that begin then or later, in µs since 1970 UTC.
        #[ts(type = "number")]
        from: i64,
        /// Those that begin before this.
        #[ts(type = "number")]
        to: i64,
        /// The most that are sent, at most 10000: those that begin first.
        limit: u32,
        /// Whether those that begin last are sent instead, and before the others.
        newest_first: bool,
    },
    /// Where the thing went that an event is of; answered with
    /// [`crate::Reply::Track`].
    #[serde(rename_all = "camelCase")]
    Track {
        /// Its id.
        #[ts(type = "number")]
        event: i64,
    },
    /// When something moved in a part of the picture, of cameras that are watched;
    /// answered with [`crate::Reply::MotionSpans`].
    #[serde(rename_all = "camelCase")]
    SearchMotion {
        /// Where; at most 256.
        cameras: Vec<CameraAddress>,
        /// What moved then or later, in µs since 1970 UTC.
        #[ts(type = "number")]
        from: i64,
        /// What moved before this.
        #[ts(type = "number")]
        to: i64,
        /// In which part: 3 to 64 corners, one after the other, of a shape whose
        /// sides do not cross. It is searched by cells, of which a picture has
        /// 32 across and 18 down: all that it reaches into.
        area: Vec<PicturePoint>,
        /// The most that are sent, 1 to 1000: those that begin last.
        limit: u32,
    },
    /// Says of events whether somebody looked through them.
    #[serde(rename_all = "camelCase")]
    Review {
        /// Their ids, at most 10000; what is not there any more is passed over.
        #[ts(type = "number[]")]
        events: Vec<i64>,
        /// Whether somebody did.
        is_reviewed: bool,
    },
    /// Something happens at a camera now: where its plan says so, it is recorded.
    #[serde(rename_all = "camelCase")]
    ReportEvent {
        /// Where.
        camera: CameraAddress,
        /// What: 1 to 100 characters.
        event: String,
    },
}
