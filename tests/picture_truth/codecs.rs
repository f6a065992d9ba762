//! Codecs and the containers they come in, as the `ffmpeg` program can make them.

use anyhow::Result;
use testkit::clip::has_encoder;

use super::bars::{BT601, BT709, Matrix};

/// A codec in a container.
#[derive(Debug, PartialEq)]
pub struct Codec {
    /// For figures.
    pub name: &'static str,
    /// FFmpeg's encoder.
    pub encoder: &'static str,
    /// Extension of the container.
    pub container: &'static str,
    /// Options for next to no loss, quickly.
    pub options: &'static [&'static str],
    /// Pixel formats; the first goes through the whole product, the others
    /// through matrices and ranges.
    pub pixels: &'static [&'static str],
    /// What may be stated. Whether it was is asked of each clip.
    pub states: States,
    /// The matrix, and whether the range is full, where the codec leaves no choice.
    pub implies: Option<(Matrix, bool)>,
}

/// What a codec in its container may state.
#[derive(Debug, PartialEq)]
pub struct States {
    pub matrix: bool,
    pub full_range: bool,
    pub rotation: bool,
    pub fields: Fields,
    /// Shapes of a pixel.
    pub shapes: &'static [(u32, u32)],
}

/// How an encoder is told of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// It knows of none.
    None,
    /// By flags and the field order of the pictures.
    Flags,
    /// By flags and a parameter of x264.
    X264,
    /// By the field order of the pictures alone.
    Pictures,
}

const SQUARE: &[(u32, u32)] = &[(1, 1)];
/// Square, wide (anamorphic) and narrow pixels.
const ANY_SHAPE: &[(u32, u32)] = &[(1, 1), (4, 3), (7, 8)];
/// MPEG-2 states the shape of the whole: 4:3 and 16:9.
const WHOLE_SHAPES: &[(u32, u32)] = &[(1, 1), (3, 4)];

const ALL: States = States {
    matrix: true,
    full_range: true,
    rotation: true,
    fields: Fields::None,
    shapes: ANY_SHAPE,
};
const LIMITED: States = States { full_range: false, ..ALL };
const STILL_UPRIGHT: States = States { rotation: false, ..ALL };
const SILENT: States = States {
    matrix: false,
    full_range: false,
    rotation: false,
    fields: Fields::None,
    shapes: ANY_SHAPE,
};

const CODECS: &[Codec] = &[
    Codec {
        name: "h264",
        encoder: "libx264",
        container: "mp4",
        options: &["-preset", "ultrafast", "-qp", "4"],
        pixels: &["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le"],
        states: States { fields: Fields::X264, ..ALL },
        implies: None,
    },
    Codec {
        name: "h264-rgb",
        encoder: "libx264rgb",
        container: "mp4",
        options: &["-preset", "ultrafast", "-qp", "4"],
        pixels: &["rgb24"],
        states: STILL_UPRIGHT,
        implies: None,
    },
    Codec {
        name: "hevc",
        encoder: "libx265",
        container: "mp4",
        options: &["-preset", "ultrafast", "-x265-params", "qp=4:log-level=error"],
        pixels: &["yuv420p", "yuv422p10le", "yuv420p10le", "yuv444p"],
        states: ALL,
        implies: None,
    },
    Codec {
        name: "mpeg2-ts",
        encoder: "mpeg2video",
        container: "ts",
        options: &["-qscale:v", "1", "-qmin", "1", "-dc", "10", "-b:v", "30M"],
        pixels: &["yuv420p", "yuv422p"],
        states: States { fields: Fields::Flags, rotation: false, shapes: WHOLE_SHAPES, ..LIMITED },
        implies: None,
    },
    Codec {
        name: "mpeg2-mov",
        encoder: "mpeg2video",
        container: "mov",
        options: &["-qscale:v", "1", "-qmin", "1", "-dc", "10", "-b:v", "30M"],
        pixels: &["yuv420p"],
        states: States { shapes: WHOLE_SHAPES, ..LIMITED },
        implies: None,
    },
    Codec {
        name: "mpeg4",
        encoder: "mpeg4",
        container: "mp4",
        options: &["-qscale:v", "1", "-qmin", "1"],
        pixels: &["yuv420p"],
        states: States { rotation: true, fields: Fields::Flags, ..SILENT },
        implies: None,
    },
    Codec {
        name: "mjpeg",
        encoder: "mjpeg",
        container: "mov",
        options: &["-qscale:v", "1", "-qmin", "1"],
        pixels: &["yuvj420p", "yuvj422p", "yuvj444p"],
        states: States { rotation: true, ..SILENT },
        implies: Some((BT601, true)),
    },
    Codec {
        name: "vp8",
        encoder: "libvpx",
        container: "webm",
        options: &[
            "-b:v",
            "20M",
            "-crf",
            "4",
            "-qmin",
            "0",
            "-qmax",
            "4",
            "-deadline",
            "realtime",
            "-cpu-used",
            "8",
        ],
        pixels: &["yuv420p"],
        states: SILENT,
        implies: Some((BT601, false)),
    },
    Codec {
        name: "vp9",
        encoder: "libvpx-vp9",
        container: "mp4",
        options: &["-b:v", "0", "-crf", "4", "-deadline", "realtime", "-cpu-used", "8"],
        pixels: &["yuv420p", "yuv422p", "yuv444p", "yuv420p10le"],
        states: ALL,
        implies: None,
    },
    Codec {
        name: "av1",
        encoder: "libaom-av1",
        container: "mp4",
        options: &["-b:v", "0", "-crf", "5", "-usage", "realtime", "-cpu-used", "8"],
        pixels: &["yuv420p", "yuv420p10le"],
        states: ALL,
        implies: None,
    },
    Codec {
        name: "prores",
        encoder: "prores_ks",
        container: "mov",
        options: &["-profile:v", "3", "-qscale:v", "1"],
        pixels: &["yuv422p10le"],
        states: States { fields: Fields::Flags, ..LIMITED },
        implies: None,
    },
    Codec {
        name: "dnxhr",
        encoder: "dnxhd",
        container: "mov",
        options: &["-profile:v", "dnxhr_hq"],
        pixels: &["yuv422p"],
        states: States { rotation: true, ..SILENT },
        implies: Some((BT709, false)),
    },
    Codec {
        name: "ffv1",
        encoder: "ffv1",
        container: "mkv",
        options: &["-level", "3"],
        pixels: &[
            "yuv420p",
            "yuv422p",
            "yuv444p",
            "yuv420p10le",
            "yuv422p10le",
            "bgr0",
            "gbrp10le",
        ],
        states: States { fields: Fields::Pictures, ..STILL_UPRIGHT },
        implies: None,
    },
    Codec {
        name: "huffyuv",
        encoder: "huffyuv",
        container: "avi",
        options: &[],
        pixels: &["yuv422p", "rgb24"],
        states: States { shapes: SQUARE, ..SILENT },
        implies: None,
    },
    Codec {
        name: "theora",
        encoder: "libtheora",
        container: "ogv",
        options: &["-qscale:v", "10"],
        pixels: &["yuv420p", "yuv444p"],
        states: SILENT,
        implies: None,
    },
];

/// Those that the `ffmpeg` program here can encode.
pub async fn at_hand() -> Result<Vec<&'static Codec>> {
    let mut found = Vec::new();
    for codec in CODECS {
        if has_encoder(codec.encoder).await? {
            found.push(codec);
        } else {
            eprintln!("picture-truth: ffmpeg has no {} here", codec.encoder);
        }
    }
    Ok(found)
}
