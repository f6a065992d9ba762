//! Domain types as viewers see them. Nothing else makes protocol types of them.

mod bookmark;
mod export;
mod motion;
mod observation;
mod recording;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use camera::{Address, Credentials, Finding};
use media::{
    Cause, ClockOffset, Matrix, Packing, PictureFormat, Range, Ratio, SourceError, StreamId,
    StreamRole, VideoFormat,
};
use protocol::{
    CameraAddress, CameraSource, ColourMatrix, ColourRange, Delivery, Failure, FailureCode,
    LayoutShape, StreamAddress, StreamProbe, StreamState, Theme, UnitFormat,
};
use zeroize::Zeroizing;

pub use bookmark::{bookmark, new_bookmark};
pub use export::{export_failure, exported};
pub use motion::{
    camera_motion, event, kept_motion, motion_span, searched_area, track, tried_event,
};
pub use observation::observation;
pub use recording::{
    evidence, gap_cause, hours_of_week, kept_plan, kept_volume, new_evidence, new_volume, plan,
    recording_gap, stream_plan, volume,
};

/// A stream that receives units of `format`.
pub fn live(format: &VideoFormat, has_sound: bool) -> StreamState {
    StreamState::Live {
        codec: format.codec.name().to_owned(),
        width: format.size.width,
        height: format.size.height,
        has_sound,
    }
}

/// A stream that receives units of `format` and lost some.
pub fn degraded(format: &VideoFormat, has_sound: bool, dropped_percent: u32) -> StreamState {
    StreamState::Degraded {
        codec: format.codec.name().to_owned(),
        width: format.size.width,
        height: format.size.height,
        has_sound,
        dropped_percent,
    }
}

/// Access units of `format`.
pub fn units(format: &VideoFormat) -> UnitFormat {
    UnitFormat {
        codec: format.codec.name().to_owned(),
        config: BASE64_STANDARD.encode(&format.extradata),
        width: format.size.width,
        height: format.size.height,
        sample_aspect: format.sample_aspect.map(ratio),
        rotation: format.rotation.degrees(),
        matrix: format.matrix.map(matrix),
        range: format.range.map(range),
    }
}

/// What a stream at `address` turned out to be.
pub fn stream_probe(address: &Address, finding: &Finding) -> StreamProbe {
    StreamProbe {
        address: address.to_string(),
        codec: finding.format.codec.name().to_owned(),
        width: finding.format.size.width,
        height: finding.format.size.height,
        rate: finding.rate,
        key_interval: finding.key_interval.map(|interval| interval.as_secs_f64()),
        audio: finding.sound.as_ref().map(|sound| sound.codec.name().to_owned()),
        clock_offset_ms: finding.clock.map(ClockOffset::millis),
    }
}

/// Why a session could not be opened or ended.
pub fn source_failure(error: &SourceError) -> Failure {
    let code = match error.cause {
        Cause::NotFound => FailureCode::NotFound,
        Cause::Unreachable => FailureCode::Unreachable,
        Cause::NotAllowed => FailureCode::LoginRefused,
        Cause::BadAnswer => FailureCode::BadAnswer,
        Cause::Silent => FailureCode::Silent,
        Cause::Slept => FailureCode::Slept,
        Cause::NotVideo => FailureCode::NotVideo,
        Cause::Unsupported => FailureCode::Unsupported,
        Cause::WorkerLost => FailureCode::WorkerLost,
        Cause::Ended => FailureCode::Ended,
    };
    Failure::new(code, error.sentence.clone())
}

/// Why something could not be kept.
pub fn store_failure(error: &store::StoreError) -> Failure {
    let code = match error {
        store::StoreError::NotFound { .. } => FailureCode::NotFound,
        store::StoreError::TooMany { .. } => FailureCode::TooMany,
        store::StoreError::Invalid { .. } => FailureCode::BadRequest,
        _ => FailureCode::Storage,
    };
    Failure::new(code, error.to_string())
}

/// Something named is not there.
pub fn not_found(message: impl Into<String>) -> Failure {
    Failure::new(FailureCode::NotFound, message)
}

/// Decoded pictures.
pub fn pictures(format: &PictureFormat) -> protocol::PictureFormat {
    protocol::PictureFormat {
        delivery: delivery(format.packing),
        width: format.size.width,
        height: format.size.height,
        source_width: format.source.width,
        source_height: format.source.height,
        display_aspect: ratio(format.display_aspect),
        rotation: format.rotation.degrees(),
        matrix: matrix(format.matrix),
        range: range(format.range),
        is_field: format.is_field,
    }
}

/// How pictures of this packing are delivered.
pub fn delivery(packing: Packing) -> Delivery {
    match packing {
        // Nobody is shown luma alone.
        Packing::Planes | Packing::Luma => Delivery::Planes,
        Packing::Jpeg => Delivery::Jpeg,
    }
}

/// A camera with its streams and their states.
pub fn camera(
    server: &str,
    camera: &store::Camera,
    streams: &[(StreamRole, StreamState)],
) -> protocol::Camera {
    protocol::Camera {
        address: CameraAddress { server: server.to_owned(), camera: camera.id.0 },
        number: camera.number,
        name: camera.name.clone(),
        source: match &camera.source {
            store::CameraSource::Demo => CameraSource::Demo,
            store::CameraSource::File { path } => CameraSource::File { path: path.clone() },
            store::CameraSource::Rtsp { main, sub, transport } => CameraSource::Rtsp {
                main: main.clone(),
                sub: sub.clone(),
                transport: match transport {
                    store::Transport::Tcp => protocol::Transport::Tcp,
                    store::Transport::Udp => protocol::Transport::Udp,
                },
            },
        },
        has_password: camera.has_password,
        streams: streams.iter().map(|(role, state)| (stream_role(*role), state.clone())).collect(),
    }
}

/// A stream, wherever it is.
pub fn stream_address(server: &str, stream: StreamId) -> StreamAddress {
    StreamAddress {
        camera: CameraAddress { server: server.to_owned(), camera: stream.camera.0 },
        role: stream_role(stream.role),
    }
}

/// How packets come, as a viewer says it.
pub fn transport(transport: protocol::Transport) -> camera::Transport {
    match transport {
        protocol::Transport::Tcp => camera::Transport::Tcp,
        protocol::Transport::Udp => camera::Transport::Udp,
    }
}

/// How packets come, as kept.
pub fn kept_transport(transport: store::Transport) -> camera::Transport {
    match transport {
        store::Transport::Tcp => camera::Transport::Tcp,
        store::Transport::Udp => camera::Transport::Udp,
    }
}

/// How to log in, as a viewer says it.
pub fn credentials(login: protocol::Login) -> Credentials {
    Credentials { user: login.user, password: Zeroizing::new(login.password.0) }
}

/// A camera as a viewer describes it.
pub fn new_camera(camera: protocol::NewCamera) -> store::NewCamera {
    store::NewCamera {
        name: camera.name,
        source: match camera.source {
            CameraSource::Demo => store::CameraSource::Demo,
            CameraSource::File { path } => store::CameraSource::File { path },
            CameraSource::Rtsp { main, sub, transport } => store::CameraSource::Rtsp {
                main,
                sub,
                transport: match transport {
                    protocol::Transport::Tcp => store::Transport::Tcp,
                    protocol::Transport::Udp => store::Transport::Udp,
                },
            },
        },
    }
}

/// Which encoding, as a viewer says it.
pub fn role_of(role: protocol::StreamRole) -> StreamRole {
    match role {
        protocol::StreamRole::Main => StreamRole::Main,
        protocol::StreamRole::Sub => StreamRole::Sub,
    }
}

/// A layout as kept.
pub fn layout(layout: &store::Layout) -> protocol::Layout {
    protocol::Layout {
        id: layout.id,
        name: layout.name.clone(),
        shape: match layout.shape {
            store::LayoutShape::Single => LayoutShape::Single,
            store::LayoutShape::Quad => LayoutShape::Quad,
            store::LayoutShape::Nine => LayoutShape::Nine,
            store::LayoutShape::Sixteen => LayoutShape::Sixteen,
            store::LayoutShape::TwentyFive => LayoutShape::TwentyFive,
            store::LayoutShape::ThirtySix => LayoutShape::ThirtySix,
            store::LayoutShape::SixtyFour => LayoutShape::SixtyFour,
            store::LayoutShape::OnePlusFive => LayoutShape::OnePlusFive,
            store::LayoutShape::OnePlusSeven => LayoutShape::OnePlusSeven,
            store::LayoutShape::TwoPlusEight => LayoutShape::TwoPlusEight,
        },
        tiles: layout
            .tiles
            .iter()
            .map(|tile| {
                let tile = tile.as_ref()?;
                Some(CameraAddress { server: tile.server.clone(), camera: tile.camera.0 })
            })
            .collect(),
        spot: layout.spot,
    }
}

/// A layout to be kept.
pub fn kept_layout(layout: protocol::Layout) -> store::Layout {
    store::Layout {
        id: layout.id,
        name: layout.name,
        shape: match layout.shape {
            LayoutShape::Single => store::LayoutShape::Single,
            LayoutShape::Quad => store::LayoutShape::Quad,
            LayoutShape::Nine => store::LayoutShape::Nine,
            LayoutShape::Sixteen => store::LayoutShape::Sixteen,
            LayoutShape::TwentyFive => store::LayoutShape::TwentyFive,
            LayoutShape::ThirtySix => store::LayoutShape::ThirtySix,
            LayoutShape::SixtyFour => store::LayoutShape::SixtyFour,
            LayoutShape::OnePlusFive => store::LayoutShape::OnePlusFive,
            LayoutShape::OnePlusSeven => store::LayoutShape::OnePlusSeven,
            LayoutShape::TwoPlusEight => store::LayoutShape::TwoPlusEight,
        },
        tiles: layout
            .tiles
            .into_iter()
            .map(|tile| {
                let CameraAddress { server, camera } = tile?;
                Some(store::TileCamera { server, camera: media::CameraId(camera) })
            })
            .collect(),
        spot: layout.spot,
    }
}

/// Settings as kept.
pub fn settings(settings: &store::Settings) -> protocol::Settings {
    protocol::Settings {
        theme: match settings.theme {
            store::Theme::System => Theme::System,
            store::Theme::Dark => Theme::Dark,
            store::Theme::Light => Theme::Light,
            store::Theme::HighContrast => Theme::HighContrast,
        },
        layout: settings.layout,
        keep_running: settings.keep_running,
        keys: settings.keys.clone(),
    }
}

/// Settings to be kept.
pub fn kept_settings(settings: &protocol::Settings) -> store::Settings {
    store::Settings {
        theme: match settings.theme {
            Theme::System => store::Theme::System,
            Theme::Dark => store::Theme::Dark,
            Theme::Light => store::Theme::Light,
            Theme::HighContrast => store::Theme::HighContrast,
        },
        layout: settings.layout,
        keep_running: settings.keep_running,
        keys: settings.keys.clone(),
    }
}

fn stream_role(role: StreamRole) -> protocol::StreamRole {
    match role {
        StreamRole::Main => protocol::StreamRole::Main,
        StreamRole::Sub => protocol::StreamRole::Sub,
    }
}

fn matrix(matrix: Matrix) -> ColourMatrix {
    match matrix {
        Matrix::Bt601 => ColourMatrix::Bt601,
        Matrix::Bt709 => ColourMatrix::Bt709,
        Matrix::Fcc => ColourMatrix::Fcc,
        Matrix::Smpte240m => ColourMatrix::Smpte240m,
        Matrix::Bt2020 => ColourMatrix::Bt2020,
    }
}

fn range(range: Range) -> ColourRange {
    match range {
        Range::Limited => ColourRange::Limited,
        Range::Full => ColourRange::Full,
    }
}

fn ratio(ratio: Ratio) -> protocol::Ratio {
    protocol::Ratio { num: ratio.num, den: ratio.den }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_come_back_from_a_viewer_as_they_went() {
        for shape in store::LayoutShape::ALL {
            let camera = store::TileCamera { server: "s-1".into(), camera: media::CameraId(7) };
            let mut tiles = vec![None; shape.tiles()];
            tiles.push(Some(camera));
            let kept = store::Layout { id: 3, name: "Yard".into(), shape, tiles, spot: Some(0) };

            let sent = serde_json::to_string(&layout(&kept)).unwrap();
            let received: protocol::Layout = serde_json::from_str(&sent).unwrap();
            assert_eq!(received.shape.tiles(), shape.tiles(), "{sent}");
            assert_eq!(kept_layout(received), kept, "{sent}");
        }
    }

    #[test]
    fn settings_come_back_from_a_viewer_as_they_went() {
        let keys = [("help".to_owned(), "F1".to_owned()), ("wall.back".to_owned(), String::new())];
        let kept = store::Settings {
            theme: store::Theme::Light,
            layout: 3,
            keep_running: true,
            keys: keys.into(),
        };
        let sent = serde_json::to_string(&settings(&kept)).unwrap();
        assert_eq!(kept_settings(&serde_json::from_str(&sent).unwrap()), kept, "{sent}");
    }
}
