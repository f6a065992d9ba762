use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, MediaTime};
use workers::{DecoderEvent, Pool, SourceSpec};

use crate::rig::{Player, TILE, next_unit, planes, pool};

crate::tests![malformed_clips_end_in_pictures_or_sentences, damaged_units_are_survived];

/// `TESSERA_TEST_MATERIAL` names a folder of malformed clips.
async fn malformed_clips_end_in_pictures_or_sentences() {
    let Some(folder) = std::env::var_os("TESSERA_TEST_MATERIAL") else {
        println!("did not run: TESSERA_TEST_MATERIAL names no folder of malformed clips");
        return;
    };
    let mut paths = Vec::new();
    for kind in ["h264_conformance", "h264_errors", "mp4"] {
        collect(&Path::new(&folder).join(kind), &mut paths);
    }
    assert!(!paths.is_empty());
    paths.sort();
    let pool = pool();
    let (mut shown, mut refused, mut dark) = (0, Vec::new(), Vec::new());
    for path in &paths {
        let must_decode = path.to_string_lossy().contains("h264_conformance");
        match outcome(&pool, path).await {
            Outcome::Shown => shown += 1,
            Outcome::Refused(sentence) => {
                assert!(!must_decode, "{}: {sentence}", path.display());
                assert!(sentence.ends_with('.'), "{sentence}");
                refused.push(sentence);
            }
            Outcome::Dark => {
                assert!(!must_decode, "{} stays dark", path.display());
                dark.push(path.display());
            }
        }
    }
    println!("{} clips, {shown} shown; refused: {refused:#?}; dark: {dark:#?}", paths.len());
    println!("lost workers: {}", pool.statistics().lost);
    assert_eq!(pool.statistics().lost, 0);
}

enum Outcome {
    Shown,
    Refused(String),
    /// Units came and no picture.
    Dark,
}

async fn outcome(pool: &Pool, path: &Path) -> Outcome {
    let reader = match pool.open(SourceSpec::File { path: path.to_owned() }).await {
        Ok(reader) => reader,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let mut decoder = pool.decoder(path.display().to_string());
    decoder.set_needs(&[planes(TILE)]);
    let mut player = Player::new(reader, decoder);
    match tokio::time::timeout(Duration::from_secs(3), player.try_picture()).await {
        Ok(Ok(picture)) => {
            assert_eq!(picture.payload.len(), picture.format.plane_bytes());
            Outcome::Shown
        }
        Ok(Err(sentence)) => Outcome::Refused(sentence),
        Err(_) => Outcome::Dark,
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}

/// The demonstration with bits turned over: whatever becomes of it, the worker
/// answers, and before long every undamaged unit is seen as soon as it comes.
async fn damaged_units_are_survived() {
    let pool = pool();
    let mut reader =
        pool.open(SourceSpec::Demo { number: 9, name: "Damaged".into() }).await.unwrap();
    let mut decoder = pool.decoder("damaged".into());
    decoder.set_needs(&[planes(TILE)]);
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut units = Vec::new();
    while units.len() < 25 {
        units.push(next_unit(&mut reader).await);
    }
    for _ in 0..40 {
        for unit in &units {
            let mut payload = unit.payload.to_vec();
            for _ in 0..1 + payload.len() / 200 {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                let bit = random as usize % (payload.len() * 8);
                payload[bit / 8] ^= 1 << (bit % 8);
            }
            let unit = AccessUnit { payload: payload.into(), ..AccessUnit::clone(unit) };
            decoder.offer(&unit.into(), false).ok();
        }
    }
    let mut offered = 0;
    let seen = async {
        for round in 1..12 {
            for unit in &units {
                let time = MediaTime(unit.time.0 + round * 1_000_000);
                let unit = Arc::new(AccessUnit { time, ..AccessUnit::clone(unit) });
                while decoder.offer(&unit, true).is_err() {
                    media::Clock::system().sleep(Duration::from_millis(10)).await;
                }
                offered += 1;
                if round == 11 {
                    while shown_time(decoder.next().await) != Some(time) {}
                }
            }
        }
    };
    let seen = tokio::time::timeout(Duration::from_secs(60), seen).await;
    assert!(seen.is_ok(), "no picture of unit {offered}");
    assert_eq!(pool.statistics().lost, 0);
}

fn shown_time(event: DecoderEvent) -> Option<MediaTime> {
    match event {
        DecoderEvent::Picture { picture, .. } => Some(picture.time),
        DecoderEvent::Restarted | DecoderEvent::Unsupported(_) => None,
    }
}
