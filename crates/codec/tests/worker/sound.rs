use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use media::{AudioCodec, AudioFormat, AudioUnit, Clock, MediaTime, Sound, SoundFormat, WallTime};
use workers::{SoundDecoder, SoundEvent};

use crate::clips::Clips;
use crate::rig::{self, eventually, pool, signal};

crate::tests![
    aac_is_decoded_to_its_tone,
    other_rates_and_channels_are_heard_the_same,
    g711_needs_no_worker,
    sound_comes_again_after_its_worker_died,
    damaged_sound_is_survived,
    sound_that_nothing_decodes_is_said_to_be,
    a_slow_listener_hears_the_newest,
];

/// A tone of `frequency` in AAC, as a camera sends it.
fn tone(frequency: u32, rate: u32, channels: u16) -> Vec<Arc<AudioUnit>> {
    let clips = Clips::new();
    let source = format!("sine=frequency={frequency}:sample_rate={rate}:duration=2");
    let path = clips.make(&format!("-f lavfi -i {source} -ac {channels} -c:a aac tone.aac"));
    let stream = std::fs::read(path).unwrap();
    let mut left = &stream[..];
    let mut units = Vec::new();
    let mut format = None;
    // ADTS (ISO/IEC 13818-7): seven bytes in front of every unit.
    while let [0xff, _, kinds, more, b4, b5, _, ..] = *left {
        let length = usize::from(more & 3) << 11 | usize::from(b4) << 3 | usize::from(b5) >> 5;
        let (object, index) = ((kinds >> 6) + 1, kinds >> 2 & 0xf);
        let count = (kinds & 1) << 2 | more >> 6;
        let config = vec![object << 3 | index >> 1, index << 7 | count << 3];
        let codec = AudioCodec::Aac;
        let known = format
            .get_or_insert_with(|| {
                Arc::new(AudioFormat { codec, rate, channels, config: config.into() })
            })
            .clone();
        units.push(unit(&known, units.len(), &left[7..length]));
        left = &left[length..];
    }
    assert!(left.is_empty() && units.len() > 10, "{} units", units.len());
    units
}

fn unit(format: &Arc<AudioFormat>, number: usize, payload: &[u8]) -> Arc<AudioUnit> {
    Arc::new(AudioUnit {
        format: format.clone(),
        time: MediaTime(number as i64),
        arrived: WallTime(0),
        payload: Bytes::copy_from_slice(payload),
    })
}

async fn next(decoder: &mut SoundDecoder) -> Sound {
    match decoder.next().await {
        SoundEvent::Sound(sound) => sound,
        SoundEvent::Unsupported(sentence) => panic!("{sentence}"),
    }
}

/// Offers them one at a time and answers all that is heard.
async fn hear(decoder: &mut SoundDecoder, units: &[Arc<AudioUnit>]) -> Vec<Sound> {
    let mut heard = Vec::new();
    for unit in units {
        decoder.offer(unit);
        // Nothing comes of the first: a unit is half of two.
        while heard.last().is_none_or(|last: &Sound| last.time < unit.time) {
            let next = tokio::time::timeout(Duration::from_millis(500), next(decoder)).await;
            let Ok(sound) = next else { break };
            heard.push(sound);
        }
    }
    heard
}

/// The pitch of the first channel and how loud it is, over its second half second:
/// an encoder adds silence at both ends.
fn pitch(heard: &[Sound]) -> (f64, i16) {
    let SoundFormat { rate, channels } = heard[0].format;
    let bytes: Vec<u8> = heard.iter().flat_map(|sound| sound.samples.to_vec()).collect();
    let samples: Vec<i16> = bytes
        .chunks_exact(2 * usize::from(channels))
        .map(|sample| i16::from_le_bytes([sample[0], sample[1]]))
        .skip(rate as usize / 2)
        .take(rate as usize / 2)
        .collect();
    let rises = samples.windows(2).filter(|it| it[0] < 0 && it[1] >= 0).count();
    let loudest = samples.iter().copied().max().unwrap();
    (rises as f64 * f64::from(rate) / samples.len() as f64, loudest)
}

async fn aac_is_decoded_to_its_tone() {
    let pool = pool();
    let mut decoder = pool.sound_decoder("tone".into());
    let units = tone(440, 16_000, 1);
    let heard = hear(&mut decoder, &units).await;
    assert_eq!(heard[0].format, SoundFormat { rate: 48_000, channels: 1 });
    let (pitch, loudest) = pitch(&heard);
    println!("{pitch:.1} Hz, at most {loudest}");
    assert!((pitch - 440.0).abs() < 5.0, "{pitch}");
    assert!(loudest > 1000);
    // Each unit has 1024 samples of 16 kHz.
    let samples: usize = heard.iter().map(|it| it.samples.len() / 2).sum();
    assert!(samples.abs_diff(units.len() * 3 * 1024) < 3 * 2048, "{samples} samples");
}

async fn other_rates_and_channels_are_heard_the_same() {
    let pool = pool();
    for (rate, channels) in [(44_100, 2), (48_000, 1), (8_000, 1), (48_000, 6)] {
        let mut decoder = pool.sound_decoder("tone".into());
        let heard = hear(&mut decoder, &tone(1000, rate, channels)).await;
        let (pitch, _) = pitch(&heard);
        println!("{rate} Hz, {channels} channels: {pitch:.1} Hz");
        assert_eq!(heard[0].format, SoundFormat { rate: 48_000, channels: channels.min(2) });
        assert!((pitch - 1000.0).abs() < 10.0, "{pitch}");
    }
}

/// Every code there is, compared with what FFmpeg makes of it.
async fn g711_needs_no_worker() {
    let (pool, clips) = (pool(), Clips::new());
    let codes: Vec<u8> = (0..=255).collect();
    for (codec, name) in [(AudioCodec::Pcmu, "mulaw"), (AudioCodec::Pcma, "alaw")] {
        let arguments = format!("-f {name} -ar 8000 -ac 1 -i pipe:0 -f s16le {name}.raw");
        let expected = std::fs::read(clips.make_from(&arguments, &codes)).unwrap();
        let mut decoder = pool.sound_decoder("telephone".into());
        let config = Bytes::new();
        let format = Arc::new(AudioFormat { codec, rate: 8000, channels: 1, config });
        decoder.offer(&unit(&format, 7, &codes));
        let sound = next(&mut decoder).await;
        assert_eq!(sound.format, SoundFormat { rate: 8000, channels: 1 });
        assert_eq!(sound.samples, expected, "{name}");
        assert_eq!(sound.time, MediaTime(7));
    }
    assert!(pool.statistics().processes.is_empty());
}

async fn sound_comes_again_after_its_worker_died() {
    let pool = pool();
    let units = tone(440, 16_000, 1);
    // A worker that has pictures: it goes on.
    let pictures = pool.decoder("pictures".into());
    eventually(Duration::from_secs(5), "a worker", || pool.statistics().processes.len() == 1).await;
    let others = pool.statistics().processes;
    let mut decoder = pool.sound_decoder("tone".into());
    hear(&mut decoder, &units[..4]).await;
    for (deaths, how) in (1..).zip([libc::SIGSEGV, libc::SIGKILL]) {
        let own = pool.statistics().processes.into_iter().find(|it| !others.contains(it));
        signal(own.unwrap(), how);
        eventually(Duration::from_secs(2), "it died", || pool.statistics().lost == deaths).await;
        assert!(!hear(&mut decoder, &units[4..12]).await.is_empty());
    }
    assert!(rig::is_alive(others[0]));
    drop(decoder);
    eventually(Duration::from_secs(2), "its worker ends", || pool.statistics().processes == others)
        .await;
    drop(pictures);
}

async fn damaged_sound_is_survived() {
    let pool = pool();
    let units = tone(440, 16_000, 1);
    let mut decoder = pool.sound_decoder("damaged".into());
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..20 {
        for unit in &units {
            let mut payload = unit.payload.to_vec();
            for _ in 0..=round {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                let bit = random as usize % (payload.len() * 8);
                payload[bit / 8] ^= 1 << (bit % 8);
            }
            decoder.offer(&self::unit(&unit.format, 0, &payload));
            Clock::system().sleep(Duration::from_micros(200)).await;
        }
    }
    // Behind them all.
    let again = async {
        loop {
            decoder.offer(&unit(&units[9].format, 77, &units[9].payload));
            if next(&mut decoder).await.time == MediaTime(77) {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), again).await.expect("a sound");
    assert_eq!(pool.statistics().lost, 0);
}

async fn sound_that_nothing_decodes_is_said_to_be() {
    let pool = pool();
    let mut decoder = pool.sound_decoder("nonsense".into());
    let config = Bytes::from_static(&[0xff; 4]);
    for (codec, rate) in [(AudioCodec::Aac, 48_000), (AudioCodec::Pcma, 3)] {
        let config = config.clone();
        let format = Arc::new(AudioFormat { codec, rate, channels: 1, config });
        decoder.offer(&unit(&format, 0, &[1, 2, 3]));
        let event = tokio::time::timeout(Duration::from_secs(5), decoder.next()).await.unwrap();
        assert!(matches!(event, SoundEvent::Unsupported(said) if said.ends_with('.')));
    }
}

async fn a_slow_listener_hears_the_newest() {
    let pool = pool();
    let mut decoder = pool.sound_decoder("slow".into());
    let (codec, config) = (AudioCodec::Pcmu, Bytes::new());
    let format = Arc::new(AudioFormat { codec, rate: 8000, channels: 1, config });
    for number in 0..100 {
        decoder.offer(&unit(&format, number, &[0xff; 160]));
    }
    assert_eq!(next(&mut decoder).await.time, MediaTime(68));
}
