use std::time::{Duration, Instant};

use media::{Cause, Source};
use workers::{DecoderEvent, Pool};

use crate::rig::{self, Player, TILE, demo, eventually, next_unit, planes, pool, signal};

crate::tests![
    pictures_are_back_within_two_seconds_of_a_crash,
    a_stopped_worker_is_replaced_within_five_seconds,
    a_worker_full_of_units_says_behind,
    a_stream_that_kills_twice_decodes_alone,
    a_source_whose_worker_dies_says_so,
    dropping_ends_processes,
    workers_end_with_the_engine,
    a_worker_is_fenced_in,
];

/// The decoder's worker, where the only other process is the source's.
async fn decoder_process(pool: &Pool, before: &[u32]) -> u32 {
    let new = || pool.statistics().processes.into_iter().find(|it| !before.contains(it));
    eventually(Duration::from_secs(5), "a worker", || new().is_some()).await;
    new().unwrap()
}

async fn pictures_are_back_within_two_seconds_of_a_crash() {
    let pool = pool();
    let reader = pool.open(demo(3)).await.unwrap();
    let sources = pool.statistics().processes;
    let mut decoder = pool.decoder("camera 3".into());
    decoder.set_needs(&[planes(TILE)]);
    let mut player = Player::new(reader, decoder);
    let before = player.picture().await;
    for (deaths, number) in
        [libc::SIGSEGV, libc::SIGKILL, libc::SIGBUS, libc::SIGABRT].iter().zip(1..)
    {
        let process = decoder_process(&pool, &sources).await;
        signal(process, *deaths);
        let killed = Instant::now();
        // Pictures made before the death may still come.
        while player.restarts < number {
            player.picture().await;
        }
        let picture = player.picture().await;
        let gap = killed.elapsed();
        println!("pictures {:.0} ms after signal {deaths}", gap.as_secs_f32() * 1e3);
        assert!(gap < Duration::from_secs(2), "{gap:?}");
        assert!(picture.time > before.time);
        assert_eq!(pool.statistics().lost, number);
        assert!(!rig::is_alive(process));
    }
}

async fn a_stopped_worker_is_replaced_within_five_seconds() {
    let pool = pool();
    let reader = pool.open(demo(3)).await.unwrap();
    let sources = pool.statistics().processes;
    let mut decoder = pool.decoder("camera 3".into());
    decoder.set_needs(&[planes(TILE)]);
    let mut player = Player::new(reader, decoder);
    player.picture().await;
    signal(decoder_process(&pool, &sources).await, libc::SIGSTOP);
    let stopped = Instant::now();
    eventually(Duration::from_millis(5500), "it is killed", || pool.statistics().lost == 1).await;
    println!("replaced {:.1} s after it was stopped", stopped.elapsed().as_secs_f32());
    while player.restarts == 0 {
        player.picture().await;
    }
    player.picture().await;
}

async fn a_worker_full_of_units_says_behind() {
    let pool = pool();
    let mut reader = pool.open(demo(3)).await.unwrap();
    let sources = pool.statistics().processes;
    let mut decoder = pool.decoder("camera 3".into());
    decoder.set_needs(&[planes(TILE)]);
    signal(decoder_process(&pool, &sources).await, libc::SIGSTOP);
    let mut accepted = 0;
    loop {
        let unit = next_unit(&mut reader).await;
        if decoder.offer(&unit, true).is_err() {
            break;
        }
        accepted += 1;
    }
    assert_eq!(accepted, 16);
    // Until the next key frame, and then there is still no room.
    for _ in 0..30 {
        let unit = next_unit(&mut reader).await;
        assert!(decoder.offer(&unit, true).is_err());
    }
}

async fn a_stream_that_kills_twice_decodes_alone() {
    let pool = pool();
    let mut reader = pool.open(demo(3)).await.unwrap();
    let sources = pool.statistics().processes;
    let unit = next_unit(&mut reader).await;
    let mut killer = pool.decoder("killer".into());
    let shared = decoder_process(&pool, &sources).await;
    for deaths in 1..=2 {
        let process = decoder_process(&pool, &sources).await;
        // Stopped, so that the unit is still unanswered when it dies.
        signal(process, libc::SIGSTOP);
        killer.offer(&unit, true).unwrap();
        signal(process, libc::SIGKILL);
        assert!(matches!(killer.next().await, DecoderEvent::Restarted));
        assert_eq!(pool.statistics().lost, deaths);
    }
    // One for itself, and the shared one again.
    let workers = || pool.statistics().processes.len() - sources.len();
    eventually(Duration::from_secs(5), "two workers", || workers() == 2).await;
    assert!(!rig::is_alive(shared));
    killer.set_needs(&[planes(TILE)]);
    killer.offer(&unit, true).unwrap();
    assert!(matches!(killer.next().await, DecoderEvent::Picture { .. }));
    drop(killer);
    eventually(Duration::from_secs(5), "its own worker ends", || workers() == 1).await;
}

async fn a_source_whose_worker_dies_says_so() {
    let pool = pool();
    let mut reader = pool.open(demo(3)).await.unwrap();
    signal(pool.statistics().processes[0], libc::SIGSEGV);
    let error = loop {
        if let Err(error) = reader.next().await {
            break error;
        }
    };
    assert_eq!(error.cause, Cause::WorkerLost);
    assert_eq!(reader.next().await.err().unwrap().cause, Cause::Ended);
    assert_eq!(pool.statistics().lost, 1);
}

async fn dropping_ends_processes() {
    let pool = pool();
    let reader = pool.open(demo(3)).await.unwrap();
    let processes = pool.statistics().processes;
    drop(reader);
    eventually(Duration::from_secs(2), "the reader's process ends", || {
        !rig::is_alive(processes[0])
    })
    .await;
    let decoder = pool.decoder("camera 3".into());
    let process = decoder_process(&pool, &[]).await;
    drop(pool);
    eventually(Duration::from_secs(2), "the pool's processes end", || !rig::is_alive(process))
        .await;
    drop(decoder);
}

/// An engine that is killed closes its ends of the pipes and nothing else.
async fn workers_end_with_the_engine() {
    let program = std::env::current_exe().unwrap();
    let mut worker = tokio::process::Command::new(program)
        .arg("worker")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    drop(worker.stdin.take());
    let status = tokio::time::timeout(Duration::from_secs(5), worker.wait()).await;
    assert!(status.expect("it ends").unwrap().success());
}

async fn a_worker_is_fenced_in() {
    if !cfg!(target_os = "linux") {
        println!("did not run: limits are read from /proc");
        return;
    }
    let pool = pool();
    let _reader = pool.open(demo(3)).await.unwrap();
    let limits =
        std::fs::read_to_string(format!("/proc/{}/limits", pool.statistics().processes[0]))
            .unwrap();
    for (limit, most) in [
        ("Max core file size", 0),
        ("Max file size", 0),
        ("Max open files", 64),
        ("Max address space", 4 << 30),
    ] {
        let line = limits.lines().find(|line| line.starts_with(limit)).unwrap();
        let [soft, hard] = [0, 1].map(|field| {
            line[limit.len()..].split_whitespace().nth(field).unwrap().parse::<u64>().unwrap()
        });
        assert!(soft <= most && hard <= most, "{line}");
    }
}
