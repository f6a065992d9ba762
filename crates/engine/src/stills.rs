//! One picture of a camera as a file: what a tile with room for all its samples
//! would show, live or recorded.

mod colours;
mod turns;

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{ImageFormat, ImageResult, RgbImage};
use media::{Need, Packing, Picture, PictureFormat, Rotation, Size, WallTime};
use protocol::{
    Failure, FailureCode, GapCause, MAX_STILL_BYTES, MAX_THUMBNAIL, NewStill, RecordedState, Reply,
    Still, StillFormat, ThumbnailSize,
};

use crate::playback::{RecordedEvent, Standing};
use crate::{Engine, ViewRequest, exports};
pub use turns::Turns;

/// No decoded picture is larger.
const WHOLE: Size = Size { width: 1 << 15, height: 1 << 15 };

/// How long a camera may take to connect and send, or a disk to answer.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// What came longer before it was asked for is not live.
const FRESH: Duration = Duration::from_secs(2);

/// Of a hundred: it is looked at closely.
const JPEG_QUALITY: u8 = 92;

/// Takes the picture that is asked for.
pub async fn take(engine: &Engine, wanted: NewStill) -> Result<Reply, Failure> {
    let stream = engine.stream_id(&wanted.stream)?;
    let zone = exports::zone(wanted.zone.as_deref())?;
    let request = ViewRequest { session: engine.new_session(), subscription: 0, stream };
    let need = Need { tile: size(wanted.thumbnail)?, packing: Packing::Planes };
    let standing = wanted.thumbnail.map_or(Standing::Exact, |_| Standing::Key);
    let taken = async {
        let _turn = match wanted.thumbnail {
            Some(_) => Some(engine.thumbnails().take().await?),
            None => None,
        };
        match wanted.at.map(WallTime) {
            Some(at) => recorded(engine, request, at, need, standing).await,
            None => live(engine, request, need).await.map(Taken::Picture),
        }
    };
    let taken = tokio::select! {
        taken = taken => taken?,
        () = engine.clock().sleep(MAX_WAIT) => {
            let message = match wanted.at {
                Some(_) => "The recording could not be read within 10 s. Try again.",
                None => "The camera sends no picture. Its tile says why.",
            };
            return Err(Failure::new(FailureCode::Silent, message));
        }
    };
    let picture = match taken {
        Taken::Picture(picture) => picture,
        Taken::Nothing(cause) => return Ok(Reply::Unrecorded { cause }),
    };
    let camera = engine.board().camera(stream.camera).map(|camera| camera.name);
    let name =
        archive::file_stem(&camera.unwrap_or_default(), stream.camera, picture.arrived, &zone);
    let still = tokio::task::spawn_blocking(move || still(&picture, wanted.format, name)).await;
    let still = still.map_err(|error| Failure::new(FailureCode::Other, error.to_string()))??;
    Ok(Reply::Still { still })
}

/// What came of it.
enum Taken {
    Picture(Arc<Picture>),
    Nothing(Option<GapCause>),
}

/// What a picture is to fit.
fn size(thumbnail: Option<ThumbnailSize>) -> Result<Size, Failure> {
    let Some(ThumbnailSize { width, height }) = thumbnail else { return Ok(WHOLE) };
    let allowed = 1..=MAX_THUMBNAIL;
    if allowed.contains(&width) && allowed.contains(&height) {
        return Ok(Size { width, height });
    }
    let message = format!("A thumbnail is 1 to {MAX_THUMBNAIL} pixels wide and high.");
    Err(Failure::new(FailureCode::BadRequest, message))
}

async fn live(engine: &Engine, request: ViewRequest, need: Need) -> Result<Arc<Picture>, Failure> {
    let asked = engine.clock().wall();
    let mut tile = engine.open_viewing(request)?.pictures(need);
    loop {
        let (_, picture) = tile.next().await?;
        if asked.since(picture.arrived) <= FRESH {
            return Ok(picture);
        }
    }
}

/// By a playback that stands there, so that it is the picture which that shows.
async fn recorded(
    engine: &Engine,
    request: ViewRequest,
    at: WallTime,
    need: Need,
    standing: Standing,
) -> Result<Taken, Failure> {
    if at > engine.clock().wall() {
        let message = "This time lies in the future. Choose one that is over.";
        return Err(Failure::new(FailureCode::BadRequest, message));
    }
    let playback = engine.new_playback();
    playback.play(Some(at), 0.0);
    let (mut tile, _) = engine.open_player(request, &playback, need, standing)?;
    loop {
        match tile.next().await? {
            RecordedEvent::Picture { picture, is_approximate: false, .. } => {
                return Ok(Taken::Picture(picture));
            }
            RecordedEvent::Picture { .. } | RecordedEvent::State(RecordedState::Shown) => {}
            RecordedEvent::State(RecordedState::Nothing { cause }) => {
                return Ok(Taken::Nothing(cause));
            }
            RecordedEvent::State(RecordedState::Failed { message }) => {
                return Err(Failure::new(FailureCode::Other, message));
            }
        }
    }
}

/// Makes the file. Blocks, for a second where there are many samples.
fn still(picture: &Picture, format: StillFormat, name: String) -> Result<Still, Failure> {
    let failed = |why: String| {
        let message = format!("The picture could not be made a file: {why}. Try again.");
        Failure::new(FailureCode::Other, message)
    };
    let shown =
        colours::rgb(&picture.payload, &picture.format).map(|it| upright(it, &picture.format));
    let shown = shown.ok_or_else(|| failed("it has no samples".to_owned()))?;
    let file = encode(&shown, format).map_err(|error| failed(error.to_string()))?;
    if file.len() > MAX_STILL_BYTES {
        let (size, most) = (file.len() >> 20, MAX_STILL_BYTES >> 20);
        let message = format!("The file has {size} MiB, and {most} are sent at most. Take a JPEG.");
        return Err(Failure::new(FailureCode::TooMany, message));
    }
    let (width, height) = shown.dimensions();
    let end = match format {
        StillFormat::Png => "png",
        StillFormat::Jpeg => "jpg",
    };
    let (name, file) = (format!("{name}.{end}"), BASE64_STANDARD.encode(file));
    Ok(Still { taken: picture.arrived.0, width, height, name, file })
}

/// As it is meant to be seen. No sample is lost: it is stretched, never shrunk.
fn upright(image: RgbImage, format: &PictureFormat) -> RgbImage {
    let (width, height) = image.dimensions();
    let aspect = format.display_aspect.value();
    let wide = (f64::from(height) * aspect).round() as u32;
    let high = (f64::from(width) / aspect).round() as u32;
    let stretched = match (wide.max(width), high.max(height)) {
        (w, _) if w > width => imageops::resize(&image, w, height, FilterType::Triangle),
        (_, h) if h > height => imageops::resize(&image, width, h, FilterType::Triangle),
        _ => image,
    };
    match format.rotation {
        Rotation::None => stretched,
        Rotation::Quarter => imageops::rotate90(&stretched),
        Rotation::Half => imageops::rotate180(&stretched),
        Rotation::ThreeQuarters => imageops::rotate270(&stretched),
    }
}

fn encode(image: &RgbImage, format: StillFormat) -> ImageResult<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    match format {
        StillFormat::Png => image.write_to(&mut file, ImageFormat::Png)?,
        StillFormat::Jpeg => {
            image.write_with_encoder(JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY))?;
        }
    }
    Ok(file.into_inner())
}

#[cfg(test)]
mod tests {
    use media::{Matrix, Range, Ratio};

    use super::*;

    /// A picture of `size`, black but for its first sample, as it is meant to be seen.
    #[track_caller]
    fn check(
        size: (u32, u32),
        aspect: (u32, u32),
        rotation: Rotation,
        expected: (u32, u32),
        first: (u32, u32),
    ) {
        let mut image = RgbImage::new(size.0, size.1);
        image.put_pixel(0, 0, [255; 3].into());
        let size = Size { width: size.0, height: size.1 };
        let format = PictureFormat {
            packing: Packing::Planes,
            size,
            source: size,
            display_aspect: Ratio::new(aspect.0, aspect.1).unwrap(),
            rotation,
            matrix: Matrix::Bt601,
            range: Range::Limited,
            is_field: false,
        };
        let shown = upright(image, &format);
        assert_eq!(shown.dimensions(), expected);
        assert!(shown.get_pixel(first.0, first.1).0[0] > 180, "{size:?} {rotation:?}");
    }

    #[test]
    fn a_thumbnail_is_small() {
        let size = |width, height| size(Some(ThumbnailSize { width, height }));
        assert_eq!(size(160, 90).unwrap(), Size { width: 160, height: 90 });
        for (width, height) in [(0, 90), (160, 0), (MAX_THUMBNAIL + 1, 90), (160, u32::MAX)] {
            let refused = size(width, height).unwrap_err();
            assert_eq!(refused.code, FailureCode::BadRequest, "{width}×{height}");
        }
    }

    #[test]
    fn pictures_stand_upright_and_are_never_shrunk() {
        check((640, 360), (16, 9), Rotation::None, (640, 360), (0, 0));
        check((640, 360), (16, 9), Rotation::Quarter, (360, 640), (359, 0));
        check((640, 360), (16, 9), Rotation::Half, (640, 360), (639, 359));
        check((640, 360), (16, 9), Rotation::ThreeQuarters, (360, 640), (0, 639));
        // PAL at 16:9 and at 4:3, and one field.
        check((720, 576), (16, 9), Rotation::None, (1024, 576), (0, 0));
        check((720, 576), (5, 4), Rotation::None, (720, 576), (0, 0));
        check((704, 288), (11, 9), Rotation::None, (704, 576), (0, 0));
        check((720, 576), (16, 9), Rotation::Quarter, (576, 1024), (575, 0));
        // By a rounding: nothing is touched.
        check((1366, 768), (16, 9), Rotation::None, (1366, 768), (0, 0));
    }
}
