use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Bookmark, Camera, CameraAddress, CameraEvent, CameraMotion, Evidence, Export, Failure,
    GapCause, Layout, MotionSpan, MotionTrial, Neighbours, Observation, PictureFormat,
    PlaybackState, Probe, RecordedState, RecordingGap, RecordingPlan, RecordingStatus, Sensitive,
    Settings, Statistics, Still, StreamAddress, StreamPlan, StreamRecordingState, StreamState,
    Timeline, TrackPlace, UnitFormat, Volume, VolumeState,
};

/// What a server may send as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Message {
    /// The ticket was good.
    #[serde(rename_all = "camelCase")]
    Welcome {
        /// Id of the server; never changes.
        server: String,
        /// Version of its program.
        version: String,
        /// A key for more tickets, good until the engine stops.
        session: Sensitive,
        /// The server's time, in µs since 1970 UTC.
        #[ts(type = "number")]
        now: i64,
        /// All there is to know. What changes later comes as updates.
        snapshot: Box<Snapshot>,
    },
    /// Something changed.
    #[serde(rename_all = "camelCase")]
    Update {
        /// What.
        update: Update,
    },
    /// What the binary messages with this `format` number hold.
    #[serde(rename_all = "camelCase")]
    Format {
        /// The number in their headers; unique within the session.
        format: u32,
        /// The tile they are for.
        subscription: u32,
        /// What they hold.
        picture: PictureFormat,
        /// Why it is delivered this way: a sentence for the tile's statistics.
        reason: String,
    },
    /// What the access units with this `format` number are.
    #[serde(rename_all = "camelCase")]
    Encoding {
        /// The number in their headers; unique within the session.
        format: u32,
        /// The subscription they are for.
        subscription: u32,
        /// What they are.
        unit: UnitFormat,
        /// Why it is delivered this way: a sentence for the tile's statistics.
        reason: String,
    },
    /// What the sound with this `format` number is.
    #[serde(rename_all = "camelCase")]
    Sound {
        /// The number in its headers; unique within the session.
        format: u32,
        /// The subscription it is for.
        subscription: u32,
        /// Samples a second, 8000 to 96000.
        rate: u32,
        /// 1 or 2.
        channels: u16,
    },
    /// How a playback goes on from now, since the viewer said so or the server did.
    #[serde(rename_all = "camelCase")]
    Playback {
        /// Which, by the viewer's name for it.
        playback: u32,
        /// How.
        state: PlaybackState,
    },
    /// What a tile of a playback shows from now on.
    #[serde(rename_all = "camelCase")]
    Recorded {
        /// Which tile.
        subscription: u32,
        /// What.
        state: RecordedState,
    },
    /// What is seen of a camera that is observed.
    #[serde(rename_all = "camelCase")]
    Observation {
        /// By which subscription.
        subscription: u32,
        /// What.
        observation: Observation,
    },
    /// A subscription was refused or is over; its name may be used again.
    #[serde(rename_all = "camelCase")]
    Unsubscribed {
        /// Which.
        subscription: u32,
        /// Why.
        failure: Failure,
    },
    /// Answers a command.
    #[serde(rename_all = "camelCase")]
    Reply {
        /// Which, by the viewer's name for it.
        request: u32,
        /// How it went.
        outcome: Outcome,
    },
    /// The last message: the session is over.
    #[serde(rename_all = "camelCase")]
    Goodbye {
        /// Why.
        failure: Failure,
    },
}

/// The whole state that viewers share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// By number.
    pub cameras: Vec<Camera>,
    /// By id.
    pub layouts: Vec<Layout>,
    /// What the owner chose.
    pub settings: Settings,
    /// In the order they were added: the first is for streams that have none of
    /// their own.
    pub volumes: Vec<Volume>,
    /// How streams are recorded that are not always, with sound, on the first
    /// volume and without limits. They may be of cameras that were removed.
    pub plans: Vec<StreamPlan>,
    /// What is looked for in the pictures of cameras where that is not the whole
    /// picture where something is recorded at events, or where they are looked at.
    pub motion: Vec<CameraMotion>,
    /// What the owner must know of how the server started, such as a database
    /// that was restored from its backup.
    pub notices: Vec<String>,
}

impl Snapshot {
    /// Of a server that was never used.
    pub fn empty() -> Self {
        Self {
            cameras: Vec::new(),
            layouts: Vec::new(),
            settings: Settings::default(),
            volumes: Vec::new(),
            plans: Vec::new(),
            motion: Vec::new(),
            notices: Vec::new(),
        }
    }
}

/// A change of the state that viewers share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Update {
    /// Added or changed.
    #[serde(rename_all = "camelCase")]
    Camera {
        /// As it is now.
        camera: Camera,
    },
    /// Gone.
    #[serde(rename_all = "camelCase")]
    CameraRemoved {
        /// Which.
        camera: CameraAddress,
    },
    /// A stream's state.
    #[serde(rename_all = "camelCase")]
    Stream {
        /// Which.
        stream: StreamAddress,
        /// As it is now.
        state: StreamState,
    },
    /// Added or changed.
    #[serde(rename_all = "camelCase")]
    Layout {
        /// As it is now.
        layout: Layout,
    },
    /// Gone.
    #[serde(rename_all = "camelCase")]
    LayoutRemoved {
        /// Which, by its id.
        layout: u32,
    },
    /// Changed.
    #[serde(rename_all = "camelCase")]
    Settings {
        /// As they are now.
        settings: Settings,
    },
    /// Added, then the last; or changed.
    #[serde(rename_all = "camelCase")]
    Volume {
        /// As it is now.
        volume: Volume,
    },
    /// Gone.
    #[serde(rename_all = "camelCase")]
    VolumeRemoved {
        /// Which, by its id.
        volume: String,
    },
    /// How a volume is doing.
    #[serde(rename_all = "camelCase")]
    VolumeState {
        /// Which, by its id.
        volume: String,
        /// As it is now.
        state: VolumeState,
    },
    /// How a stream is recorded.
    #[serde(rename_all = "camelCase")]
    Plan {
        /// Which.
        stream: StreamAddress,
        /// As it is now.
        plan: RecordingPlan,
    },
    /// Added or changed.
    #[serde(rename_all = "camelCase")]
    Bookmark {
        /// As it is now.
        bookmark: Bookmark,
    },
    /// Gone.
    #[serde(rename_all = "camelCase")]
    BookmarkRemoved {
        /// Which, by its id.
        bookmark: u32,
    },
    /// How an export is doing: a few times a second, and when it ends.
    #[serde(rename_all = "camelCase")]
    Export {
        /// As it is now.
        export: Export,
    },
    /// What is looked for at a camera, or how that is doing.
    #[serde(rename_all = "camelCase")]
    Motion {
        /// As it is now.
        motion: CameraMotion,
    },
    /// Something happens, goes on or is over.
    #[serde(rename_all = "camelCase")]
    Event {
        /// As far as it is known.
        event: CameraEvent,
        /// Whether nothing more comes of it.
        is_over: bool,
    },
    /// Somebody looked through events, or took that back.
    #[serde(rename_all = "camelCase")]
    Reviewed {
        /// Their ids.
        #[ts(type = "number[]")]
        events: Vec<i64>,
        /// Whether somebody did.
        is_reviewed: bool,
    },
    /// How the recording of a stream is doing.
    #[serde(rename_all = "camelCase")]
    Recording {
        /// Which.
        stream: StreamAddress,
        /// As it is now.
        state: StreamRecordingState,
    },
}

/// How a command went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Outcome {
    /// Done.
    #[serde(rename_all = "camelCase")]
    Done {
        /// What came of it.
        reply: Reply,
    },
    /// Not done, and nothing was changed.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Reply {
    /// It is done; there is no more to say.
    Nothing,
    /// The camera that was added.
    #[serde(rename_all = "camelCase")]
    Camera {
        /// Which.
        camera: Camera,
    },
    /// The layout that was added.
    #[serde(rename_all = "camelCase")]
    Layout {
        /// Which.
        layout: Layout,
    },
    /// What is at the address.
    #[serde(rename_all = "camelCase")]
    Probe {
        /// What was found.
        probe: Box<Probe>,
    },
    /// What was counted.
    #[serde(rename_all = "camelCase")]
    Statistics {
        /// The counts.
        statistics: Statistics,
    },
    /// The volume that was added.
    #[serde(rename_all = "camelCase")]
    Volume {
        /// Which.
        volume: Volume,
    },
    /// How recording is doing.
    #[serde(rename_all = "camelCase")]
    RecordingStatus {
        /// All of it.
        status: RecordingStatus,
    },
    /// What was not recorded.
    #[serde(rename_all = "camelCase")]
    Gaps {
        /// By when they begin.
        gaps: Vec<RecordingGap>,
    },
    /// What happened.
    #[serde(rename_all = "camelCase")]
    Events {
        /// By when they began, the newest first where they were asked for.
        events: Vec<CameraEvent>,
    },
    /// Where the thing went that an event is of, thinned out.
    #[serde(rename_all = "camelCase")]
    Track {
        /// By time, at most 32, the last is where it was seen last. None where
        /// nothing was followed: where the camera was tampered with, pictures came
        /// too seldom or somebody reported it.
        places: Vec<TrackPlace>,
    },
    /// When something moved where it was searched.
    #[serde(rename_all = "camelCase")]
    MotionSpans {
        /// Those that begin last come first. What moves again within ten seconds
        /// goes on.
        spans: Vec<MotionSpan>,
        /// Whether there are more, before the last of these begins.
        is_more: bool,
    },
    /// What is recorded.
    #[serde(rename_all = "camelCase")]
    Timeline {
        /// In buckets.
        timeline: Timeline,
    },
    /// Where what is recorded begins and ends next.
    #[serde(rename_all = "camelCase")]
    Neighbours {
        /// Those of the moment that was asked for.
        neighbours: Neighbours,
    },
    /// The evidence that was added.
    #[serde(rename_all = "camelCase")]
    Evidence {
        /// Which.
        evidence: Evidence,
    },
    /// All evidence.
    #[serde(rename_all = "camelCase")]
    EvidenceList {
        /// In the order it was added.
        evidence: Vec<Evidence>,
    },
    /// The bookmark that was added.
    #[serde(rename_all = "camelCase")]
    Bookmark {
        /// Which.
        bookmark: Bookmark,
    },
    /// All bookmarks.
    #[serde(rename_all = "camelCase")]
    Bookmarks {
        /// By id.
        bookmarks: Vec<Bookmark>,
    },
    /// What came of trying settings.
    #[serde(rename_all = "camelCase")]
    MotionTrial {
        /// Which events come, go and stay.
        trial: MotionTrial,
    },
    /// The export that began.
    #[serde(rename_all = "camelCase")]
    Export {
        /// Which.
        export: Export,
    },
    /// How much an export would take.
    #[serde(rename_all = "camelCase")]
    ExportEstimate {
        /// About so many bytes.
        #[ts(type = "number")]
        bytes: u64,
    },
    /// Exports.
    #[serde(rename_all = "camelCase")]
    Exports {
        /// In the order in which they were asked for.
        exports: Vec<Export>,
    },
    /// The picture that was taken.
    #[serde(rename_all = "camelCase")]
    Still {
        /// With its file.
        still: Still,
    },
    /// There is no picture of that time: nothing was recorded.
    #[serde(rename_all = "camelCase")]
    Unrecorded {
        /// Why, where that is known.
        cause: Option<GapCause>,
    },
}
