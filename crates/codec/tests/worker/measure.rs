//! What decoding costs. Run it alone, on a quiet machine, in release:
//! `cargo test -p codec --release --test worker measure`.

use std::sync::Arc;
use std::time::Instant;

use media::{AccessUnit, Size};
use workers::DecoderEvent;

use crate::rig::{demo, jpeg, next_unit, planes, pool};

crate::tests![measure];

async fn measure() {
    if std::env::args().nth(1).is_none_or(|it| it != "measure") {
        println!("did not run: it is a measurement, ask for it by name");
        return;
    }
    let pool = pool();
    let opened = Instant::now();
    let mut reader = pool.open(demo(3)).await.unwrap();
    println!("source: {:.1} ms to its first unit", milliseconds(opened));
    let mut decoder = pool.decoder("measured".into());
    decoder.set_needs(&[planes(Size { width: 480, height: 270 })]);
    let first = next_unit(&mut reader).await;
    let offered = Instant::now();
    decoder.offer(&first, true).unwrap();
    picture(&mut decoder).await;
    println!("decoder: {:.1} ms from spawning to its first picture", milliseconds(offered));

    let source_process = pool.statistics().processes[0];
    let before = cpu(source_process);
    let mut units: Vec<Arc<AccessUnit>> = vec![first];
    while units.len() < 250 {
        units.push(next_unit(&mut reader).await);
    }
    println!("demonstration: {:.2} ms of CPU a picture", (cpu(source_process) - before) / 249.0);
    let bytes: usize = units.iter().map(|unit| unit.payload.len()).sum();
    println!("demonstration: {} kbit/s", bytes / 1250);
    drop(reader);

    let worker = *pool.statistics().processes.last().unwrap();
    let sizes = [Size { width: 480, height: 270 }, Size { width: 640, height: 360 }];
    for need in sizes.into_iter().flat_map(|tile| [planes(tile), jpeg(tile)]) {
        decoder.set_needs(&[need]);
        let (mine, its, started) = (cpu(std::process::id()), cpu(worker), Instant::now());
        let mut pictures = 0.0;
        for _ in 0..8 {
            // One at a time, as on a wall: each is a wake-up of its own.
            for unit in &units {
                decoder.offer(unit, true).unwrap();
                picture(&mut decoder).await;
                pictures += 1.0;
            }
        }
        println!(
            "{need:?}: worker {:.3} ms, engine {:.3} ms of CPU, {:.0} a second",
            (cpu(worker) - its) / pictures,
            (cpu(std::process::id()) - mine) / pictures,
            pictures / started.elapsed().as_secs_f64(),
        );
    }
}

async fn picture(decoder: &mut workers::Decoder) {
    while !matches!(decoder.next().await, DecoderEvent::Picture { .. }) {}
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

/// Milliseconds of CPU that a process has used; a tick is 10 ms.
fn cpu(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |index: usize| fields[index].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) * 10.0
}
