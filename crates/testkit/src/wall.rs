use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Browser, measure_for, until};

const SCRIPT: &str = include_str!("wall.js");

/// A tile, as the page says.
#[derive(Clone, Debug, Deserialize)]
pub struct Tile {
    /// Its place in the layout, from 0.
    pub index: usize,
    /// Number of the camera it is to show.
    pub camera: Option<u32>,
    /// `empty`, `connecting`, `live`, `stale`, `lost` or `offline`.
    pub state: String,
    /// Left edge, in pixels of the canvas.
    pub x: i32,
    /// Upper edge, in pixels of the canvas.
    pub y: i32,
    /// Width, in pixels of the canvas.
    pub width: i32,
    /// Height, in pixels of the canvas.
    pub height: i32,
}

/// A picture that appeared on a tile.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// When, in milliseconds of the page's clock.
    pub at_ms: f64,
    /// On which tile.
    pub tile: usize,
    /// Number of the camera the tile is to show.
    pub expected: Option<u32>,
    /// Number of the camera in the picture.
    pub camera: u32,
    /// Number of the picture.
    pub number: u32,
}

/// Where numbers that are unrolled begin, so that they may go back for long.
const FIRST: u32 = 1 << 24;

/// What was read from the canvas over a time.
#[derive(Clone, Debug)]
pub struct Readings {
    /// Begin, in milliseconds of the page's clock.
    pub from_ms: f64,
    /// End, in milliseconds of the page's clock.
    pub to_ms: f64,
    /// Every change.
    pub readings: Vec<Reading>,
    /// Looks at a tile that found no strip.
    pub unreadable: u64,
}

impl Readings {
    /// Distinct pictures per second on `tile`.
    pub fn rate(&self, tile: usize) -> f64 {
        let mut numbers: Vec<u32> = self.of(tile).map(|it| it.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        // The first was there when the watch began.
        numbers.len().saturating_sub(1) as f64 * 1000.0 / (self.to_ms - self.from_ms).max(1.0)
    }

    /// The longest time without a new picture on `tile`, in milliseconds.
    pub fn longest_gap_ms(&self, tile: usize) -> f64 {
        let times = self.of(tile).map(|it| it.at_ms).chain([self.to_ms]);
        let (_, longest) = times
            .fold((self.from_ms, 0.0), |(last, longest), at| (at, f64::max(longest, at - last)));
        longest
    }

    /// The same of clips that begin anew after `pictures`: numbers go on there.
    /// Strips number cameras modulo `cameras`, and tiles then do, too.
    pub fn unrolled(&self, pictures: u32, cameras: u32) -> Self {
        let mut unrolled = self.clone();
        let mut last = BTreeMap::new();
        for it in &mut unrolled.readings {
            it.expected = it.expected.map(|camera| camera % cameras);
            let number = it.number;
            // No picture of the clip, so it is nobody's.
            if number >= pictures {
                it.expected = None;
                it.number = last.get(&it.tile).map_or(FIRST, |&(_, far)| far);
                continue;
            }
            // The shorter way round is the one it went.
            let far = last.get(&it.tile).map_or(FIRST, |&(before, far): &(u32, u32)| {
                match (number + pictures - before) % pictures {
                    ahead if ahead <= pictures / 2 => far + ahead,
                    ahead => far + ahead - pictures,
                }
            });
            last.insert(it.tile, (number, far));
            it.number = far;
        }
        unrolled
    }

    /// Pictures of a camera that the tile does not show, or older than the one before.
    pub fn mixed_up(&self) -> Vec<&Reading> {
        let mut newest = BTreeMap::new();
        let is_wrong = |it: &&Reading| {
            let before = newest.insert(it.tile, it.number);
            it.expected != Some(it.camera) || before.is_some_and(|before| it.number < before)
        };
        self.readings.iter().filter(is_wrong).collect()
    }

    fn of(&self, tile: usize) -> impl Iterator<Item = &Reading> {
        self.readings.iter().filter(move |it| it.tile == tile)
    }
}

#[derive(Deserialize)]
struct Taken {
    now: f64,
    readings: Vec<(f64, usize, Option<u32>, u32, u32)>,
    missed: u64,
}

/// The wall in the page.
impl Browser {
    /// The tiles there are.
    pub async fn tiles(&self) -> Result<Vec<Tile>> {
        let tiles = self.run(&format!("{SCRIPT}\nreturn tesseraWall.tiles();"), vec![]).await?;
        serde_json::from_value(tiles).context("what the page says of its tiles")
    }

    /// Waits until all of `count` tiles are live.
    pub async fn live(&self, count: usize, limit: Duration) -> Result<Vec<Tile>> {
        until(limit, &format!("{count} live tiles"), async || {
            // The page may be loading.
            let tiles = self.tiles().await.unwrap_or_default();
            let is_live = tiles.len() == count && tiles.iter().all(|tile| tile.state == "live");
            Ok(is_live.then_some(tiles))
        })
        .await
    }

    /// Reads the strips of demo pictures for `time`.
    pub async fn watch(&self, time: Duration) -> Result<Readings> {
        self.watch_after("", vec![], time).await
    }

    /// Reads strips for `time`, from just before `script` is run.
    pub async fn watch_after(
        &self,
        script: &str,
        arguments: Vec<Value>,
        time: Duration,
    ) -> Result<Readings> {
        let script =
            format!("{SCRIPT}\nconst begin = tesseraWall.start();\n{script}\nreturn begin;");
        let begin = self.run(&script, arguments).await?;
        let from_ms = begin.as_f64().context("the page's clock")?;
        let mut readings =
            Readings { from_ms, to_ms: from_ms, readings: Vec::new(), unreadable: 0 };
        // The page counts by its own clock; asking it meanwhile would disturb it.
        measure_for(time).await;
        let taken = self.run("return tesseraWall.take();", vec![]).await?;
        self.run("tesseraWall.stop();", vec![]).await?;
        let taken: Taken = serde_json::from_value(taken).context("what the page read")?;
        readings.to_ms = taken.now;
        readings.unreadable = taken.missed;
        readings.readings = taken
            .readings
            .into_iter()
            .map(|(at_ms, tile, expected, camera, number)| Reading {
                at_ms,
                tile,
                expected,
                camera,
                number,
            })
            .collect();
        Ok(readings)
    }

    /// The colours at `points` of the canvas, red, green and blue up to 255.
    pub async fn colours(&self, points: &[(i32, i32)]) -> Result<Vec<[f64; 3]>> {
        let script = format!("{SCRIPT}\nreturn tesseraWall.colours(arguments[0]);");
        let colours: Value = self.run(&script, vec![json!(points)]).await?;
        let colours: Vec<[f64; 3]> = serde_json::from_value(colours).context("colours")?;
        ensure!(colours.len() == points.len(), "a colour for each point");
        Ok(colours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(seen: &[(f64, u32, u32)]) -> Readings {
        let reading = |&(at_ms, camera, number): &(f64, u32, u32)| Reading {
            at_ms,
            tile: 0,
            expected: Some(1),
            camera,
            number,
        };
        let readings = seen.iter().map(reading).collect();
        Readings { from_ms: 0.0, to_ms: 1000.0, readings, unreadable: 0 }
    }

    #[test]
    fn a_gap_at_either_end_is_a_gap() {
        let seen = readings(&[(300.0, 1, 1), (400.0, 1, 2)]);
        assert!((seen.longest_gap_ms(0) - 600.0).abs() < 1e-9);
        assert!((readings(&[(300.0, 1, 1), (900.0, 1, 2)]).longest_gap_ms(0) - 600.0).abs() < 1e-9);
    }

    #[test]
    fn foreign_and_older_pictures_are_mixed_up() {
        assert_eq!(readings(&[(1.0, 1, 5), (2.0, 1, 6)]).mixed_up().len(), 0);
        assert_eq!(readings(&[(1.0, 1, 5), (2.0, 1, 4)]).mixed_up().len(), 1);
        assert_eq!(readings(&[(1.0, 2, 5)]).mixed_up().len(), 1);
    }

    #[test]
    fn clips_that_begin_anew_go_on() {
        let seen = readings(&[(1.0, 65, 8), (2.0, 65, 9), (3.0, 65, 0), (4.0, 65, 2)]);
        let unrolled = seen.unrolled(10, 64);
        let numbers: Vec<u32> = unrolled.readings.iter().map(|it| it.number - FIRST).collect();
        assert_eq!(numbers, [0, 1, 2, 4]);
        let back = readings(&[(1.0, 1, 3), (2.0, 1, 2)]).unrolled(10, 64);
        assert_eq!(back.mixed_up().len(), 1);
        let unheard = readings(&[(1.0, 1, 3), (2.0, 1, 12), (3.0, 1, 4)]).unrolled(10, 64);
        assert_eq!(unheard.mixed_up().len(), 1);
    }

    #[test]
    fn a_picture_shown_twice_counts_once() {
        let seen = readings(&[(1.0, 1, 5), (2.0, 1, 6), (3.0, 1, 5)]);
        assert!((seen.rate(0) - 1.0).abs() < 1e-9);
    }
}
