//! Words in recorded pictures: in which, and that nothing else changes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use media::{AccessUnit, Codec, Need, Packing, Picture, Size, VideoFormat, WallTime};
use workers::wire::{BurnHeader, LabelHeader, UnitHeader};
use workers::{BurnError, Burner, Burnt, DecoderEvent, Pool, Reader};

use crate::clips::Clips;
use crate::rig::{demo, next_unit, open, pool, stamp};

crate::tests![
    words_are_in_the_pictures_of_their_second,
    pictures_come_in_the_order_of_showing,
    what_cannot_be_burnt_is_told,
];

const SIZE: Size = Size { width: 640, height: 360 };

async fn words_are_in_the_pictures_of_their_second() {
    let pool = pool();
    let units = units(pool.open(demo(5)).await.unwrap(), 60).await;
    let mut burner = pool.burner().unwrap();
    begin(&mut burner, &units, SIZE).await;
    // The first second has none.
    for second in [1, 2] {
        let size = Size { width: 64, height: 32 };
        let header = LabelHeader { second, left: 0, top: 320, size };
        let ink = if second == 1 { 255 } else { 0 };
        burner.label(header, vec![ink; 64 * 32].into()).await.unwrap();
    }
    let burnt = burn(&mut burner, &units, 5).await;
    assert_eq!(burnt.len(), 55);
    assert!(burnt[0].is_key);
    let plain = pictures(&pool, &units, units[0].format.clone(), 5).await;
    let format = VideoFormat { extradata: Bytes::new(), ..VideoFormat::clone(&units[0].format) };
    let again = as_units(&burnt, Arc::new(VideoFormat { codec: Codec::H264, ..format }));
    let pictures = pictures(&pool, &again, again[0].format.clone(), 0).await;
    assert_eq!(pictures.len(), 55);
    for (picture, before) in pictures.iter().zip(&plain) {
        assert_eq!(picture.time, before.time);
        assert_eq!(stamp(picture), stamp(before));
        assert_eq!(picture.format.matrix, before.format.matrix);
        let (now, was) = (luma(picture), luma(before));
        match picture.time.0.div_euclid(1_000_000) {
            0 => assert!((now - was).abs() < 6, "{now} for {was}"),
            1 => assert!(now > 220, "{now}"),
            _ => assert!(now < was * 3 / 4, "{now} for {was}"),
        }
    }
}

async fn pictures_come_in_the_order_of_showing() {
    let (pool, clips) = (pool(), Clips::new());
    let clip = clips.make(
        "-f lavfi -i testsrc2=size=320x180:rate=25:duration=2 -pix_fmt yuv420p -c:v libx264 -bf 3 \
         -g 25 ordered.mp4",
    );
    let units = units(open(&pool, &clip).await.unwrap(), 50).await;
    let mut sorted: Vec<i64> = units.iter().map(|unit| unit.time.0).collect();
    assert!(!sorted.is_sorted());
    sorted.sort_unstable();
    let mut burner = pool.burner().unwrap();
    // One after another, each from its beginning.
    for size in [Size { width: 320, height: 180 }, Size { width: 160, height: 90 }] {
        begin(&mut burner, &units, size).await;
        let times: Vec<i64> =
            burn(&mut burner, &units, 0).await.iter().map(|burnt| burnt.time.0).collect();
        assert_eq!(times, sorted);
    }
}

async fn what_cannot_be_burnt_is_told() {
    let pool = pool();
    let units = units(pool.open(demo(6)).await.unwrap(), 3).await;
    let unknown = VideoFormat { codec: Codec::named("none"), ..units[0].format.as_ref().clone() };
    let mut burner = pool.burner().unwrap();
    burner.open(BurnHeader { format: unknown, size: SIZE }).await.unwrap();
    let refused = burner.burn(header(&units[0], true), units[0].payload.clone()).await;
    assert!(matches!(refused, Err(BurnError::Refused(said)) if said.contains("does not decode")));

    let mut burner = pool.burner().unwrap();
    begin(&mut burner, &units, SIZE).await;
    let worker = *pool.statistics().processes.iter().max().unwrap();
    crate::rig::signal(worker, libc::SIGKILL);
    let lost = loop {
        match burner.burn(header(&units[0], true), units[0].payload.clone()).await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(lost, BurnError::Lost), "{lost:?}");
}

/// The mean where the words are: encoded again, a single pixel may be another.
fn luma(picture: &Picture) -> i32 {
    let rows = picture.payload.chunks_exact(640).skip(320).take(32);
    let sum: i32 = rows.flat_map(|row| &row[..64]).map(|luma| i32::from(*luma)).sum();
    sum / (32 * 64)
}

/// The first units of a source, whose wall times are their times.
async fn units(mut reader: Reader, count: usize) -> Vec<Arc<AccessUnit>> {
    let mut units: Vec<Arc<AccessUnit>> = Vec::new();
    while units.len() < count {
        let unit = next_unit(&mut reader).await;
        let arrived = WallTime(unit.time.0);
        units.push(Arc::new(AccessUnit { arrived, ..unit.as_ref().clone() }));
    }
    units
}

async fn begin(burner: &mut Burner, units: &[Arc<AccessUnit>], size: Size) {
    let format = units[0].format.as_ref().clone();
    burner.open(BurnHeader { format, size }).await.unwrap();
}

/// Without pictures of the first few.
async fn burn(burner: &mut Burner, units: &[Arc<AccessUnit>], unshown: usize) -> Vec<Burnt> {
    let mut burnt = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        let header = header(unit, index >= unshown);
        burnt.extend(burner.burn(header, unit.payload.clone()).await.unwrap());
    }
    burnt.extend(burner.end().await.unwrap());
    burnt
}

fn header(unit: &AccessUnit, shown: bool) -> UnitHeader {
    let AccessUnit { time, arrived, is_key, .. } = *unit;
    UnitHeader { time, arrived, is_key, shown, awaited: true }
}

fn as_units(burnt: &[Burnt], format: Arc<VideoFormat>) -> Vec<Arc<AccessUnit>> {
    let unit = |(sequence, burnt): (u64, &Burnt)| AccessUnit {
        format: format.clone(),
        sequence,
        time: burnt.time,
        duration: Duration::ZERO,
        arrived: WallTime(burnt.time.0),
        is_key: burnt.is_key,
        payload: burnt.payload.clone(),
    };
    (0..).zip(burnt).map(|it| Arc::new(unit(it))).collect()
}

/// Of all units but the first few.
async fn pictures(
    pool: &Pool,
    units: &[Arc<AccessUnit>],
    format: Arc<VideoFormat>,
    unshown: usize,
) -> Vec<Picture> {
    let mut decoder = pool.patient_decoder("test".into());
    decoder.set_needs(&[Need { tile: SIZE, packing: Packing::Planes }]);
    let mut pictures = Vec::new();
    for (index, unit) in units.iter().enumerate() {
        let unit = AccessUnit { format: format.clone(), ..unit.as_ref().clone() };
        decoder.offer(&Arc::new(unit), index >= unshown).unwrap();
        if index < unshown {
            continue;
        }
        match decoder.next().await {
            DecoderEvent::Picture { picture, .. } => pictures.push(picture),
            other => panic!("no picture: {other:?}"),
        }
    }
    pictures
}
