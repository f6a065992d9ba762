//! Luma alone: what analysis is given.

use std::sync::Arc;

use media::{AccessUnit, Need, Packing, Picture, Size};
use workers::{Decoder, DecoderEvent};

use crate::clips::Clips;
use crate::rig::{Player, TILE, demo, next_unit, open, planes, pool};

crate::tests![
    luma_is_what_is_shown_and_comes_as_often_as_it_is_analysed,
    who_joins_analysis_sees_what_the_camera_sent,
];

async fn luma_is_what_is_shown_and_comes_as_often_as_it_is_analysed() {
    const UNITS: usize = 50;
    let pool = pool();
    for tile in [TILE, Size { width: 4096, height: 4096 }] {
        let mut player = Player::open(&pool, demo(3), tile).await;
        player.decoder.set_needs(&[planes(tile), Need { tile, packing: Packing::Luma }]);
        let mut analysed = Vec::new();
        for _ in 0..UNITS {
            let unit = next_unit(&mut player.reader).await;
            player.decoder.offer(&unit, true).unwrap();
            let mut luma = None;
            while let DecoderEvent::Picture { need, picture } = player.decoder.next().await {
                if need.packing == Packing::Luma {
                    luma = Some(picture);
                } else if picture.time == unit.time {
                    if let Some(luma) = luma.take_if(|luma| luma.time == picture.time) {
                        let shown = &picture.payload[..luma.format.luma_bytes()];
                        let off = shown.iter().zip(&luma.payload).map(|(a, b)| a.abs_diff(*b));
                        assert!(off.max() <= Some(1), "{tile:?}");
                        assert_eq!(luma.payload.len(), luma.format.luma_bytes());
                        analysed.push(luma.time);
                    }
                    break;
                }
            }
        }
        // Every fourth of 25 a second, once the first has come.
        assert!((UNITS / 4 - 1..=UNITS / 4 + 2).contains(&analysed.len()), "{analysed:?}");
    }
}

/// Analysis alone is given pictures with blocks. With somebody who looks, the GOP
/// is handed over again, and pictures are as they were meant.
async fn who_joins_analysis_sees_what_the_camera_sent() {
    const UNITS: usize = 8;
    let (pool, clips) = (pool(), Clips::new());
    let clip = clips.make(&format!(
        "-f lavfi -i testsrc2=size=320x180:rate=8:duration=1 -pix_fmt yuv420p -c:v libx264 -bf 0 \
         -qp 38 -g {UNITS} blocks.mp4"
    ));
    let mut reader = open(&pool, &clip).await.unwrap();
    let mut units = Vec::new();
    for _ in 0..UNITS {
        units.push(next_unit(&mut reader).await);
    }
    let luma = Need { tile: TILE, packing: Packing::Luma };
    let mut seen = pool.decoder("seen".into());
    seen.set_needs(&[planes(TILE)]);
    let meant = last_of(&mut seen, &units, planes(TILE)).await;

    let mut decoder = pool.decoder("analysed".into());
    decoder.set_needs(&[luma]);
    let rough = last_of(&mut decoder, &units, luma).await;
    assert_ne!(rough.payload, meant.payload[..rough.payload.len()]);

    decoder.set_needs(&[luma, planes(TILE)]);
    let at_once = next_of(&mut decoder, planes(TILE)).await;
    assert_eq!(at_once.payload[..rough.payload.len()], rough.payload);
    let joined = last_of(&mut decoder, &units, planes(TILE)).await;
    assert_eq!(joined.payload, meant.payload);
}

/// What `need` is given of the last of `units`.
async fn last_of(decoder: &mut Decoder, units: &[Arc<AccessUnit>], need: Need) -> Picture {
    let (last, others) = units.split_last().unwrap();
    for unit in others {
        decoder.offer(unit, false).unwrap();
    }
    decoder.offer(last, true).unwrap();
    next_of(decoder, need).await
}

async fn next_of(decoder: &mut Decoder, need: Need) -> Picture {
    loop {
        match decoder.next().await {
            DecoderEvent::Picture { need: of, picture } if of == need => return picture,
            DecoderEvent::Picture { .. } => {}
            event => panic!("{event:?}"),
        }
    }
}
