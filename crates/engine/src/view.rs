//! Domain types as viewers see them. Nothing else makes protocol types of them.

use media::{
    Cause, Matrix, PictureFormat, Range, Ratio, SourceError, StreamId, StreamRole, VideoFormat,
};
use protocol::{
    CameraAddress, CameraSource, ColourMatrix, ColourRange, Delivery, Failure, FailureCode,
    LayoutShape, StreamAddress, StreamState, Theme,
};

/// A stream that receives units of `format`.
pub fn live(format: &VideoFormat) -> StreamState {
    StreamState::Live {
        codec: format.codec.name().to_owned(),
        width: format.size.width,
        height: format.size.height,
    }
}

/// Why a session could not be opened or ended.
pub fn source_failure(error: &SourceError) -> Failure {
    let code = match error.cause {
        Cause::NotFound => FailureCode::NotFound,
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

/// Delivered as planes.
pub fn planes(format: &PictureFormat) -> protocol::PictureFormat {
    protocol::PictureFormat {
        delivery: Delivery::Planes,
        width: format.size.width,
        height: format.size.height,
        source_width: format.source.width,
        source_height: format.source.height,
        display_aspect: ratio(format.display_aspect),
        rotation: format.rotation.degrees(),
        matrix: match format.matrix {
            Matrix::Bt601 => ColourMatrix::Bt601,
            Matrix::Bt709 => ColourMatrix::Bt709,
            Matrix::Fcc => ColourMatrix::Fcc,
            Matrix::Smpte240m => ColourMatrix::Smpte240m,
            Matrix::Bt2020 => ColourMatrix::Bt2020,
        },
        range: match format.range {
            Range::Limited => ColourRange::Limited,
            Range::Full => ColourRange::Full,
        },
        is_field: format.is_field,
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

/// A camera as a viewer describes it.
pub fn new_camera(camera: protocol::NewCamera) -> store::NewCamera {
    store::NewCamera {
        name: camera.name,
        source: match camera.source {
            CameraSource::Demo => store::CameraSource::Demo,
            CameraSource::File { path } => store::CameraSource::File { path },
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
        },
        tiles: layout
            .tiles
            .iter()
            .map(|tile| {
                let tile = tile.as_ref()?;
                Some(CameraAddress { server: tile.server.clone(), camera: tile.camera.0 })
            })
            .collect(),
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
        },
        tiles: layout
            .tiles
            .into_iter()
            .map(|tile| {
                let CameraAddress { server, camera } = tile?;
                Some(store::TileCamera { server, camera: media::CameraId(camera) })
            })
            .collect(),
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
    }
}

fn stream_role(role: StreamRole) -> protocol::StreamRole {
    match role {
        StreamRole::Main => protocol::StreamRole::Main,
        StreamRole::Sub => protocol::StreamRole::Sub,
    }
}

fn ratio(ratio: Ratio) -> protocol::Ratio {
    protocol::Ratio { num: ratio.num, den: ratio.den }
}
