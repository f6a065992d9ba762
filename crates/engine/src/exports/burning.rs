//! Name and time burnt into exported pictures, by a worker. What blocks here is
//! an export's own thread.

use archive::{BurnIn, BurntUnit};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use media::{AccessUnit, Codec, Ratio, Rotation, Size, VideoFormat};
use tokio::runtime::Handle;
use workers::wire::{BurnHeader, LabelHeader, UnitHeader};
use workers::{BurnError, Burner, Burnt, Pool};

use super::words::Words;

/// What burns in, for one export.
pub struct Burning {
    burner: Burner,
    words: Words,
    zone: TimeZone,
    runtime: Handle,
    name: String,
    size: Size,
    /// The last second that its words were told of.
    second: Option<i64>,
}

impl Burning {
    /// Starts a worker; times are drawn as clocks in `zone` showed them. Must be
    /// called on a thread of a Tokio runtime that may block.
    pub fn new(pool: &Pool, zone: TimeZone) -> Result<Self, BurnError> {
        Ok(Self {
            burner: pool.burner()?,
            words: Words::new(),
            zone,
            runtime: Handle::current(),
            name: String::new(),
            size: Size::default(),
            second: None,
        })
    }

    /// Tells the worker what is to be seen in a second.
    fn label(&mut self, second: i64) -> Result<(), BurnError> {
        if self.second.replace(second) == Some(second) {
            return Ok(());
        }
        let time = match Timestamp::from_second(second) {
            Ok(at) => at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string(),
            Err(_) => String::new(),
        };
        let drawn = self.words.draw([&self.name, &time], self.size);
        let header = LabelHeader { second, left: drawn.left, top: drawn.top, size: drawn.size };
        self.runtime.block_on(self.burner.label(header, drawn.ink))
    }
}

impl BurnIn for Burning {
    fn begin(&mut self, name: &str, format: &VideoFormat) -> Result<VideoFormat, String> {
        name.clone_into(&mut self.name);
        (self.size, self.second) = (shown_size(format), None);
        let header = BurnHeader { format: format.clone(), size: self.size };
        self.runtime.block_on(self.burner.open(header)).map_err(said)?;
        Ok(VideoFormat {
            codec: Codec::H264,
            extradata: bytes::Bytes::new(),
            size: self.size,
            sample_aspect: Some(Ratio::ONE),
            rotation: Rotation::None,
            matrix: format.matrix,
            range: format.range,
            field_order: None,
        })
    }

    fn burn(&mut self, unit: AccessUnit, is_shown: bool) -> Result<Vec<BurntUnit>, String> {
        if is_shown {
            self.label(unit.arrived.0.div_euclid(1_000_000)).map_err(said)?;
        }
        let header = UnitHeader {
            time: unit.time,
            arrived: unit.arrived,
            is_key: unit.is_key,
            shown: is_shown,
            awaited: true,
        };
        let burnt = self.runtime.block_on(self.burner.burn(header, unit.payload));
        Ok(burnt.map_err(said)?.into_iter().map(handed_on).collect())
    }

    fn end(&mut self) -> Result<Vec<BurntUnit>, String> {
        let burnt = self.runtime.block_on(self.burner.end());
        Ok(burnt.map_err(said)?.into_iter().map(handed_on).collect())
    }
}

fn handed_on(burnt: Burnt) -> BurntUnit {
    let Burnt { time, is_key, payload } = burnt;
    BurntUnit { time, is_key, payload }
}

fn said(error: BurnError) -> String {
    error.to_string()
}

/// Of a picture as it is meant to be seen, in square samples and even. It is
/// stretched, never shrunk.
fn shown_size(format: &VideoFormat) -> Size {
    let aspect = format.sample_aspect.map_or(1.0, Ratio::value).clamp(1.0 / 16.0, 16.0);
    let even = |length: u32, by: f64| {
        let length = (f64::from(length) * by).round() as u32;
        (length / 2 * 2).clamp(2, 1 << 14)
    };
    let (width, height) = (
        even(format.size.width, aspect.max(1.0)),
        even(format.size.height, (1.0 / aspect).max(1.0)),
    );
    match format.rotation.is_sideways() {
        true => Size { width: height, height: width },
        false => Size { width, height },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_as_large_as_they_are_seen() {
        let check = |size: (u32, u32), aspect: (u32, u32), rotation, expected: (u32, u32)| {
            let format = VideoFormat {
                codec: Codec::H264,
                extradata: bytes::Bytes::new(),
                size: Size { width: size.0, height: size.1 },
                sample_aspect: Ratio::new(aspect.0, aspect.1),
                rotation,
                matrix: None,
                range: None,
                field_order: None,
            };
            let size = shown_size(&format);
            assert_eq!((size.width, size.height), expected);
        };
        check((1920, 1080), (1, 1), Rotation::None, (1920, 1080));
        check((1920, 1080), (0, 1), Rotation::Quarter, (1080, 1920));
        check((720, 576), (64, 45), Rotation::None, (1024, 576));
        check((704, 288), (1, 2), Rotation::None, (704, 576));
        check((177, 99), (1, 1), Rotation::None, (176, 98));
    }
}
