use std::time::{Duration, Instant};

use media::{Cause, Codec, Rotation, Size, VideoFormat};

use crate::clips::Clips;
use crate::rig::{self, next_unit, open, pool};

crate::tests![
    what_is_no_clip_is_explained,
    a_clip_is_played_over_and_over_in_real_time,
    a_still_picture_is_a_clip_too,
    a_playlist_reaches_nothing_else,
    a_clip_says_how_it_is_to_be_seen,
    bare_streams_and_clips_cut_anywhere_are_played,
];

async fn what_is_no_clip_is_explained() {
    let (pool, clips) = (pool(), Clips::new());
    let text = clips.write("notes.txt", "Remember the milk.\n".repeat(500).as_bytes());
    let art = clips.write("art.nfo", b"\x1b[31mred\x1b[0m\r\n".repeat(500).as_slice());
    let empty = clips.write("empty.mp4", b"");
    let sound = clips.make("-f lavfi -i sine=duration=1 sound.wav");
    let folder = clips.path("");
    let missing = clips.path("missing.mp4");
    for (path, cause, sentence) in [
        (&missing, Cause::NotFound, "There is no file at {}. Check the path on the server."),
        (&folder, Cause::NotVideo, "{} is a folder. Choose a video file in it."),
        (&text, Cause::NotVideo, "{} holds no video that FFmpeg can read. Choose another file."),
        (&art, Cause::NotVideo, "{} holds no video that FFmpeg can read. Choose another file."),
        (&empty, Cause::NotVideo, "{} holds no video that FFmpeg can read. Choose another file."),
        (&sound, Cause::NotVideo, "{} holds no video that FFmpeg can read. Choose another file."),
    ] {
        let error = open(&pool, path).await.err().expect("an error");
        assert_eq!(error.cause, cause, "{error}");
        assert_eq!(error.sentence, sentence.replace("{}", &path.display().to_string()));
    }
    let device = std::path::Path::new("/dev/zero");
    assert_eq!(open(&pool, device).await.err().unwrap().cause, Cause::NotVideo);
    rig::eventually(Duration::from_secs(2), "their workers end", || {
        pool.statistics().processes.is_empty()
    })
    .await;
    assert_eq!(pool.statistics().lost, 0);
}

async fn a_clip_is_played_over_and_over_in_real_time() {
    let (pool, clips) = (pool(), Clips::new());
    let clip = clips.make(
        "-f lavfi -i testsrc2=size=320x240:rate=25:duration=0.6 -c:v libx264 -bf 2 -g 10 clip.mp4",
    );
    let started = Instant::now();
    let mut player =
        rig::Player::open(&pool, workers::SourceSpec::File { path: clip.clone() }, rig::TILE).await;
    let mut times = Vec::new();
    while times.len() < 40 {
        times.push(player.picture().await.time.0);
    }
    let (first, last) = (times[0], times[times.len() - 1]);
    assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] <= 80_000), "{times:?}");
    let (shown, passed) = (last - first, started.elapsed().as_micros() as i64);
    assert!((shown - passed).abs() < 700_000, "{shown} µs were shown in {passed}");
}

async fn a_still_picture_is_a_clip_too() {
    let (pool, clips) = (pool(), Clips::new());
    let still = clips.make("-f lavfi -i testsrc2=size=320x240 -frames:v 1 still.jpg");
    let mut reader = open(&pool, &still).await.unwrap();
    let mut last = None;
    for _ in 0..5 {
        let unit = next_unit(&mut reader).await;
        assert!(unit.is_key);
        assert!(last.is_none_or(|last| (1..=1_000_000).contains(&(unit.time.0 - last))));
        last = Some(unit.time.0);
    }
}

async fn a_playlist_reaches_nothing_else() {
    let (pool, clips) = (pool(), Clips::new());
    let clip = clips.make("-f lavfi -i testsrc2=duration=1 -c:v libx264 part.ts");
    let playlist = format!(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{}\n#EXT-X-ENDLIST\n",
        clip.display()
    );
    let list = clips.write("list.m3u8", playlist.as_bytes());
    let concat = format!("ffconcat version 1.0\nfile '{}'\n", clip.display());
    let concat = clips.write("list.ffconcat", concat.as_bytes());
    for path in [list, concat] {
        assert_eq!(open(&pool, &path).await.err().expect("an error").cause, Cause::NotVideo);
    }
    open(&pool, &clip).await.unwrap();
}

async fn a_clip_says_how_it_is_to_be_seen() {
    let (pool, clips) = (pool(), Clips::new());
    clips.make(
        "-f lavfi -i testsrc2=size=720x576:duration=1 -vf setsar=64/45 -c:v libx264 plain.mp4",
    );
    let plain = clips.path("plain.mp4");
    let turned =
        clips.make(&format!("-i {} -c copy -metadata:s:v rotate=270 turned.mp4", plain.display()));
    for (path, rotation) in [(plain, Rotation::None), (turned, Rotation::Quarter)] {
        let unit = next_unit(&mut open(&pool, &path).await.unwrap()).await;
        let VideoFormat { codec, extradata, size, sample_aspect, rotation: said, .. } =
            &*unit.format;
        assert_eq!((codec, *size), (&Codec::H264, Size { width: 720, height: 576 }));
        assert_eq!(extradata.first(), Some(&1), "avcC");
        assert_eq!(sample_aspect.unwrap().value(), 64.0 / 45.0);
        assert_eq!(*said, rotation);
    }
}

async fn bare_streams_and_clips_cut_anywhere_are_played() {
    let (pool, clips) = (pool(), Clips::new());
    let source = "-f lavfi -i testsrc2=size=320x240:rate=25:duration=2";
    let mut paths = vec![
        clips.make(&format!("{source} -c:v libx264 -bf 2 bare.h264")),
        clips.make(&format!("{source} -c:v libx265 -x265-params log-level=none bare.hevc")),
        clips.make(&format!("{source} -c:v mpeg4 bare.m4v")),
        clips.make(&format!("{source} -c:v mjpeg bare.mjpeg")),
        clips.make(&format!("{source} -c:v libvpx-vp9 -cpu-used 8 clip.webm")),
    ];
    let whole = clips.make(&format!("{source} -c:v libx264 -g 10 -f mpegts whole.ts"));
    let bytes = std::fs::read(whole).unwrap();
    paths.push(clips.write("cut.ts", &bytes[bytes.len() / 3..]));
    for path in paths {
        let source = workers::SourceSpec::File { path: path.clone() };
        let mut player = rig::Player::open(&pool, source, rig::TILE).await;
        for _ in 0..10 {
            player.picture().await;
        }
    }
}
