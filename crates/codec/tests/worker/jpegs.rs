//! JPEG files: what they show, and who pays for them.

use std::sync::Arc;
use std::time::Duration;

use media::{
    AccessUnit, Codec, Matrix, MediaTime, Packing, Picture, Range, Rotation, Size, VideoFormat,
    WallTime,
};
use workers::{DecoderEvent, Pool, SourceSpec};

use crate::clips::Clips;
use crate::rig::{Player, TILE, demo, jpeg, next_unit, planes, pool, stamp};

crate::tests![a_jpeg_shows_what_planes_show, a_jpeg_is_made_where_it_is_asked_for];

/// Whatever matrix and range the camera has, the file has those of JPEG files.
async fn a_jpeg_shows_what_planes_show() {
    let (pool, clips) = (pool(), Clips::new());
    for (space, tag) in [("bt709", "tv"), ("bt709", "pc"), ("smpte170m", "tv"), ("bt2020nc", "tv")]
    {
        let tags = format!("-colorspace {space} -color_range {tag}");
        let clip = clips.make(&format!(
            "-f lavfi -i smptebars=size=320x240:rate=25:duration=1 -pix_fmt yuv420p {tags} \
             -c:v libx264 -qp 10 {tags} {space}-{tag}.mp4"
        ));
        for tile in [Size { width: 320, height: 240 }, Size { width: 144, height: 112 }] {
            let source = || SourceSpec::File { path: clip.clone() };
            let plain = Player::open(&pool, source(), tile).await.picture().await;
            let file = file(&pool, source(), tile).await;
            assert_eq!(file.format.packing, Packing::Jpeg);
            assert_eq!(
                (file.format.matrix, file.format.range),
                (Matrix::Bt601, Range::Full),
                "{space} {tag}"
            );
            assert_eq!(file.format.size, plain.format.size);
            let shown = decoded(&pool, &file).await;
            for bar in 0..7 {
                let [as_planes, as_jpeg] = [&plain, &shown].map(|it| colour(it, bar));
                let off = as_planes.iter().zip(&as_jpeg).map(|(a, b)| (a - b).abs());
                let off = off.fold(0.0, f32::max);
                assert!(off <= 5.0, "{space} {tag}, bar {bar}: {as_jpeg:?} for {as_planes:?}");
            }
        }
    }
}

async fn a_jpeg_is_made_where_it_is_asked_for() {
    let pool = pool();
    let mut player = Player::open(&pool, demo(4), TILE).await;
    assert_eq!(player.picture().await.format.packing, Packing::Planes);

    // Two boxes of one texture share one file, beside the planes.
    let nearly = Size { width: 320, height: 200 };
    player.decoder.set_needs(&[planes(TILE), jpeg(TILE), jpeg(nearly)]);
    let unit = next_unit(&mut player.reader).await;
    player.decoder.offer(&unit, true).unwrap();
    let mut files: Vec<Picture> = Vec::new();
    while files.len() < 2 {
        if let DecoderEvent::Picture { need, picture } = player.decoder.next().await {
            assert_eq!(need.packing, picture.format.packing);
            if need.packing == Packing::Jpeg && picture.time == unit.time {
                files.push(picture);
            }
        }
    }
    let [one, other] = &files[..] else { unreachable!() };
    assert_eq!(one.payload.as_ptr(), other.payload.as_ptr());
    assert!(one.payload.len() < one.format.plane_bytes() / 2, "{} bytes", one.payload.len());
    let shown = decoded(&pool, one).await;
    assert_eq!(stamp(&shown).map(|it| it.number), Some(4));

    player.decoder.set_needs(&[planes(TILE)]);
    for _ in 0..10 {
        let unit = next_unit(&mut player.reader).await;
        player.decoder.offer(&unit, true).unwrap();
        while let DecoderEvent::Picture { need, picture } = player.decoder.next().await {
            assert_eq!(need.packing, Packing::Planes);
            if picture.time == unit.time {
                break;
            }
        }
    }
}

async fn file(pool: &Pool, source: SourceSpec, tile: Size) -> Picture {
    let reader = pool.open(source).await.unwrap();
    let mut decoder = pool.decoder("files".into());
    decoder.set_needs(&[jpeg(tile)]);
    Player::new(reader, decoder).picture().await
}

/// The planes of a file, as FFmpeg reads it.
async fn decoded(pool: &Pool, file: &Picture) -> Picture {
    let format = VideoFormat {
        codec: Codec::MJPEG,
        extradata: bytes::Bytes::new(),
        size: file.format.size,
        sample_aspect: None,
        rotation: Rotation::None,
        matrix: None,
        range: None,
        field_order: None,
    };
    let unit = AccessUnit {
        format: Arc::new(format),
        sequence: 0,
        time: MediaTime(0),
        duration: Duration::ZERO,
        arrived: WallTime(0),
        is_key: true,
        payload: file.payload.clone(),
    };
    let mut decoder = pool.decoder("a file".into());
    decoder.set_needs(&[planes(file.format.size)]);
    decoder.offer(&Arc::new(unit), true).unwrap();
    match decoder.next().await {
        DecoderEvent::Picture { picture, .. } => picture,
        event => panic!("{event:?}"),
    }
}

/// Red, green and blue of a bar of SMPTE's seven.
fn colour(picture: &Picture, bar: usize) -> [f32; 3] {
    let format = &picture.format;
    let (width, height) = (format.size.width as usize, format.size.height as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let (luma, chroma) = picture.payload.split_at(width * height);
    let (u, v) = chroma.split_at(half_width * half_height);
    let at = |plane: &[u8], width: usize, height: usize| {
        f32::from(plane[height / 4 * width + (2 * bar + 1) * width / 14])
    };
    let (red, blue) = match format.matrix {
        Matrix::Bt709 => (0.2126, 0.0722),
        Matrix::Bt2020 => (0.2627, 0.0593),
        _ => (0.299, 0.114),
    };
    let (black, luma_span, chroma_span) = match format.range {
        Range::Limited => (16.0, 219.0, 224.0),
        Range::Full => (0.0, 255.0, 255.0),
    };
    let y = (at(luma, width, height) - black) / luma_span;
    let r = y + 2.0 * (1.0 - red) * (at(v, half_width, half_height) - 128.0) / chroma_span;
    let b = y + 2.0 * (1.0 - blue) * (at(u, half_width, half_height) - 128.0) / chroma_span;
    let g = (y - red * r - blue * b) / (1.0 - red - blue);
    [r, g, b].map(|part| (part * 255.0).clamp(0.0, 255.0))
}
