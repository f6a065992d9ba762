//! Luma alone: what analysis is given.

use media::{Need, Packing, Size};
use workers::DecoderEvent;

use crate::rig::{Player, TILE, demo, next_unit, planes, pool};

crate::tests![luma_is_what_is_shown_and_comes_as_often_as_it_is_analysed];

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
