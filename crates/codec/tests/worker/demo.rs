use std::time::{Duration, Instant};

use media::{Clock, Matrix, Range, Ratio, Rotation, Size};

use crate::rig::{Player, TILE, demo, next_unit, pool, stamp};

crate::tests![
    the_demonstration_is_seen_with_its_stamp,
    the_demonstration_keeps_time,
    a_stalled_demonstration_goes_on_at_the_time_it_is,
];

async fn the_demonstration_is_seen_with_its_stamp() {
    let pool = pool();
    let started = Instant::now();
    let mut player = Player::open(&pool, demo(7), TILE).await;
    let mut last = None;
    for _ in 0..30 {
        let picture = player.picture().await;
        if last.is_none() {
            println!("first picture {:.0} ms after opening", started.elapsed().as_secs_f32() * 1e3);
        }
        assert_eq!(picture.format.size, Size { width: 320, height: 180 });
        assert_eq!(picture.format.source, Size { width: 640, height: 360 });
        assert_eq!(picture.format.display_aspect, Ratio { num: 16, den: 9 });
        assert_eq!(picture.format.rotation, Rotation::None);
        assert_eq!((picture.format.matrix, picture.format.range), (Matrix::Bt601, Range::Limited));
        assert_eq!(picture.payload.len(), picture.format.plane_bytes());
        assert!(picture.ready >= picture.arrived);
        let read = stamp(&picture).expect("a readable stamp");
        assert_eq!(read.number, 7);
        assert!(last.is_none_or(|last| last < read.picture), "{last:?} {read:?}");
        assert_eq!(picture.time.0, i64::from(read.picture) * 40_000);
        last = Some(read.picture);
    }
    assert_eq!(pool.statistics().processes.len(), 2);
    pool.shut_down().await;
    assert_eq!(pool.statistics().processes.len(), 0);
    assert_eq!(pool.statistics().lost, 0);
}

async fn the_demonstration_keeps_time() {
    let pool = pool();
    let mut reader = pool.open(demo(1)).await.unwrap();
    let first = next_unit(&mut reader).await;
    assert!(first.is_key && first.sequence == 0);
    for sequence in 1..=60 {
        let unit = next_unit(&mut reader).await;
        assert_eq!(unit.sequence, sequence);
        assert_eq!(unit.is_key, sequence % 25 == 0, "{sequence}");
        assert_eq!(unit.duration, Duration::from_millis(40));
        let drift = unit.arrived.0 - first.arrived.0 - (unit.time.0 - first.time.0);
        assert!(drift.abs() < 300_000, "picture {sequence} is {drift} µs off");
    }
}

async fn a_stalled_demonstration_goes_on_at_the_time_it_is() {
    let pool = pool();
    let mut reader = pool.open(demo(1)).await.unwrap();
    let first = next_unit(&mut reader).await;
    let clock = Clock::system();
    clock.sleep(Duration::from_secs(8)).await;
    // What was under way is old; then comes what is now.
    let mut sequence = first.sequence;
    loop {
        let unit = next_unit(&mut reader).await;
        sequence += 1;
        assert_eq!(unit.sequence, sequence);
        let age = unit.arrived.0 - first.arrived.0 - (unit.time.0 - first.time.0);
        if unit.time.0 > 8_000_000 {
            assert!(age < 1_300_000, "still {age} µs behind");
            break;
        }
    }
}
