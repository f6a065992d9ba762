use std::time::Duration;

use media::{Need, Picture, Ratio, Rotation, Size};
use workers::{DecoderEvent, SourceSpec};

use crate::clips::Clips;
use crate::rig::{self, Player, TILE, demo, next_unit, open, planes, pool};

crate::tests![
    pictures_come_for_the_tiles_there_are,
    units_that_are_not_shown_are_decoded,
    interlaced_pictures_come_as_their_first_field,
    odd_sizes_are_kept,
    a_turned_clip_says_so_in_its_pictures,
    what_no_decoder_takes_is_said,
];

async fn pictures_come_for_the_tiles_there_are() {
    let pool = pool();
    let mut player = Player::open(&pool, demo(1), TILE).await;
    let first = player.picture().await;
    assert_eq!(first.format.size, Size { width: 320, height: 180 });

    // A new box is filled with the picture there is, though no unit comes.
    let large = Size { width: 4000, height: 4000 };
    let needs = [TILE, large, large, Size { width: 0, height: 9 }].map(planes);
    player.decoder.set_needs(&needs);
    let (need, picture) = loop {
        match player.decoder.next().await {
            // Of a unit that was under way.
            DecoderEvent::Picture { need: Need { tile: TILE, .. }, .. } => {}
            DecoderEvent::Picture { need, picture } => break (need, picture),
            event => panic!("{event:?}"),
        }
    };
    assert_eq!((need.tile, picture.format.size), (large, Size { width: 640, height: 360 }));
    assert!(picture.time >= first.time);

    // Boxes that come to one texture share its samples.
    let nearly = Size { width: 320, height: 200 };
    player.decoder.set_needs(&[TILE, nearly].map(planes));
    let unit = next_unit(&mut player.reader).await;
    player.decoder.offer(&unit, true).unwrap();
    let mut pictures: Vec<(Size, Picture)> = Vec::new();
    while pictures.len() < 3 {
        if let DecoderEvent::Picture { need, picture } = player.decoder.next().await {
            pictures.push((need.tile, picture));
        }
    }
    let [(_, _), (a, one), (b, other)] = &pictures[..] else { unreachable!() };
    assert_eq!((*a, *b), (TILE, nearly));
    assert_eq!(one.payload.as_ptr(), other.payload.as_ptr());

    player.decoder.set_needs(&[]);
    let silence = tokio::time::timeout(Duration::from_millis(300), player.picture()).await;
    assert!(silence.is_err(), "a picture for no tile");
}

async fn units_that_are_not_shown_are_decoded() {
    let pool = pool();
    let mut reader = pool.open(demo(2)).await.unwrap();
    let mut decoder = pool.decoder("catching up".into());
    decoder.set_needs(&[planes(TILE)]);
    let mut group = Vec::new();
    while group.len() < 20 {
        group.push(next_unit(&mut reader).await);
    }
    let (last, others) = group.split_last().unwrap();
    // Nothing can begin here.
    assert!(decoder.offer(last, true).is_err());
    for unit in others {
        decoder.offer(unit, false).unwrap();
    }
    decoder.offer(last, true).unwrap();
    let DecoderEvent::Picture { picture, .. } = decoder.next().await else { panic!("no picture") };
    assert_eq!(picture.time, last.time);
    assert_eq!(picture.arrived, last.arrived);
    assert_eq!(rig::stamp(&picture).unwrap().picture, 19);
}

async fn interlaced_pictures_come_as_their_first_field() {
    let (pool, clips) = (pool(), Clips::new());
    // Even lines white, odd lines black.
    let mut lines = Vec::new();
    for _ in 0..25 {
        for line in 0..576 {
            lines.extend([if line % 2 == 0 { 235u8 } else { 16 }; 720]);
        }
        lines.extend([128u8; 720 * 288]);
    }
    for (order, expected) in [("1", 235), ("0", 16)] {
        let codec = format!("-c:v mpeg2video -flags +ilme+ildct -top {order} -q:v 2 -r 25");
        let clip = clips.make_from(
            &format!(
                "-f rawvideo -s 720x576 -r 25 -i - -vf setfield=mode={} {codec} fields{order}.ts",
                if order == "1" { "tff" } else { "bff" }
            ),
            &lines,
        );
        let mut player =
            Player::open(&pool, SourceSpec::File { path: clip }, Size { width: 720, height: 720 })
                .await;
        let picture = player.picture().await;
        assert!(picture.format.is_field);
        assert_eq!(picture.format.size, Size { width: 720, height: 288 });
        assert_eq!(picture.format.source, Size { width: 720, height: 576 });
        let luma = &picture.payload[..720 * 288];
        let off = luma.iter().filter(|it| it.abs_diff(expected) > 12).count();
        assert!(off < luma.len() / 50, "{off} samples of the other field with -top {order}");
    }
}

async fn odd_sizes_are_kept() {
    let (pool, clips) = (pool(), Clips::new());
    for (codec, name) in [("mjpeg", "odd.mkv"), ("libvpx-vp9", "odd.webm"), ("ffv1", "odd.avi")] {
        let clip = clips.make(&format!(
            "-f lavfi -i testsrc=size=177x99:rate=25:duration=1 -c:v {codec} -pix_fmt {} {name}",
            if codec == "mjpeg" { "yuvj420p" } else { "yuv420p" },
        ));
        for tile in [Size { width: 500, height: 500 }, Size { width: 60, height: 60 }] {
            let source = SourceSpec::File { path: clip.clone() };
            let picture = Player::open(&pool, source, tile).await.picture().await;
            assert_eq!(picture.format.source, Size { width: 177, height: 99 }, "{codec}");
            assert_eq!(picture.format.display_aspect, Ratio { num: 59, den: 33 });
            let expected = if tile.width == 500 { (177, 99) } else { (60, 34) };
            assert_eq!((picture.format.size.width, picture.format.size.height), expected);
            assert_eq!(picture.payload.len(), picture.format.plane_bytes());
        }
    }
    // H.264 codes 360 lines as 368 and crops; here on all sides.
    let clip = clips.make(
        "-f lavfi -i testsrc2=size=640x360:duration=1 -c:v libx264 \
         -bsf:v h264_metadata=crop_left=6:crop_right=4:crop_top=2:crop_bottom=8 cropped.mp4",
    );
    let source = SourceSpec::File { path: clip };
    let picture =
        Player::open(&pool, source, Size { width: 2000, height: 2000 }).await.picture().await;
    assert_eq!(picture.format.source, Size { width: 630, height: 358 });
    assert_eq!(picture.format.size, Size { width: 630, height: 358 });
}

async fn a_turned_clip_says_so_in_its_pictures() {
    let (pool, clips) = (pool(), Clips::new());
    let plain = clips.make("-f lavfi -i testsrc2=size=640x360:duration=1 -c:v libx264 plain.mp4");
    let turned =
        clips.make(&format!("-i {} -c copy -metadata:s:v rotate=270 turned.mp4", plain.display()));
    // The same, said by the stream itself; SEI counts the other way round.
    let sei = clips.make(&format!(
        "-i {} -c copy -bsf:v h264_metadata=display_orientation=insert:rotate=-90 sei.mp4",
        plain.display()
    ));
    for path in [turned, sei] {
        let source = SourceSpec::File { path };
        let tile = Size { width: 180, height: 320 };
        let picture = Player::open(&pool, source, tile).await.picture().await;
        assert_eq!(picture.format.rotation, Rotation::Quarter);
        assert_eq!(picture.format.display_aspect, Ratio { num: 16, den: 9 });
        assert_eq!(picture.format.size, Size { width: 320, height: 180 });
    }
}

async fn what_no_decoder_takes_is_said() {
    let pool = pool();
    let mut reader = pool.open(demo(1)).await.unwrap();
    let unit = next_unit(&mut reader).await;
    let mut decoder = pool.decoder("odd".into());
    decoder.set_needs(&[planes(TILE)]);
    for codec in ["nonsense", "with\0zero", "pcm_alaw", ""] {
        let mut unit = media::AccessUnit::clone(&unit);
        let mut format = media::VideoFormat::clone(&unit.format);
        format.codec = media::Codec::named(codec.to_owned());
        unit.format = format.into();
        decoder.offer(&unit.into(), true).unwrap();
        let event = decoder.next().await;
        assert!(matches!(event, DecoderEvent::Unsupported(_)), "{codec}: {event:?}");
    }
    // The camera was set to something sensible.
    decoder.offer(&unit, true).unwrap();
    assert!(matches!(decoder.next().await, DecoderEvent::Picture { .. }));
    assert!(open(&pool, std::path::Path::new("/nowhere")).await.is_err());
    assert_eq!(pool.statistics().lost, 0);
}
