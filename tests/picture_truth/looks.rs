//! What a clip is asked to look like, and the clips that are asked for.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use testkit::{Clip, Place, Probe, clip};

use super::bars::{self, BT601, BT709, MATRICES, Matrix, Samples};
use super::codecs::{Codec, Fields};

/// One clip.
#[derive(Clone, Debug)]
pub struct Look {
    pub codec: &'static Codec,
    pub pixels: &'static str,
    /// What is stated; nothing where nothing is.
    pub matrix: Option<Matrix>,
    /// What is stated; nothing where nothing is.
    pub is_full: Option<bool>,
    /// Width to height of a pixel.
    pub shape: (u32, u32),
    /// Clockwise, in degrees.
    pub rotation: u32,
    /// For interlaced clips, whether the top field is first.
    pub top_first: Option<bool>,
    pub width: u32,
    pub height: u32,
}

/// What became of a clip that was asked for.
pub enum Made {
    /// It is here.
    Clip(PathBuf),
    /// Codec or container cannot state this of it.
    CannotSay(String),
}

const SMALL: (u32, u32) = (640, 360);
/// What is not stated is BT.709 from 720 lines on.
const LARGE: (u32, u32) = (1280, 720);

/// Every clip of the product.
pub fn all(codecs: &[&'static Codec]) -> Vec<Look> {
    codecs.iter().flat_map(|codec| of(codec)).collect()
}

fn of(codec: &'static Codec) -> Vec<Look> {
    let states = &codec.states;
    let stated = MATRICES.iter().copied().map(Some).filter(|_| states.matrix);
    let matrices: Vec<_> = std::iter::once(None).chain(stated).collect();
    let ranges: &[_] = if states.full_range { &[None, Some(false), Some(true)] } else { &[None] };
    let rotations: &[_] = if states.rotation { &[0, 90, 180, 270] } else { &[0] };
    let orders: &[_] = match states.fields {
        Fields::None => &[None],
        _ => &[None, Some(true), Some(false)],
    };
    let mut looks = Vec::new();
    for (number, &pixels) in codec.pixels.iter().enumerate() {
        let plain = Look {
            codec,
            pixels,
            matrix: None,
            is_full: None,
            shape: (1, 1),
            rotation: 0,
            top_first: None,
            width: SMALL.0,
            height: SMALL.1,
        };
        if Samples::named(pixels).is_some_and(Samples::is_rgb) {
            looks.push(plain);
            continue;
        }
        looks.push(Look { width: LARGE.0, height: LARGE.1, ..plain.clone() });
        for &matrix in &matrices {
            for &is_full in ranges {
                let coloured = Look { matrix, is_full, ..plain.clone() };
                if number > 0 {
                    looks.push(coloured);
                    continue;
                }
                for &shape in states.shapes {
                    for &rotation in rotations {
                        looks.extend(orders.iter().map(|&top_first| Look {
                            shape,
                            rotation,
                            top_first,
                            ..coloured.clone()
                        }));
                    }
                }
            }
        }
    }
    looks
}

/// At most `count` of `all`, which cover as many pairs of properties as so
/// many can; always the same.
pub fn pairs(all: &[Look], count: usize) -> Vec<Look> {
    let pairs: Vec<BTreeSet<String>> = all.iter().map(Look::pairs).collect();
    let mut covered = BTreeSet::new();
    let mut chosen = Vec::new();
    while chosen.len() < count {
        let gain = |i: &usize| pairs[*i].difference(&covered).count();
        // The last of equals, so that late codecs are not left for last.
        let Some(best) = (0..all.len()).max_by_key(gain).filter(|i| gain(i) > 0) else { break };
        covered.extend(pairs[best].iter().cloned());
        chosen.push(all[best].clone());
    }
    chosen
}

impl Look {
    /// The matrix its bars are made with: the stated one, or what the rule
    /// says of clips that state none.
    pub fn true_matrix(&self) -> Matrix {
        let by_rule = if self.height < 720 { BT601 } else { BT709 };
        let implied = self.codec.implies.map(|(matrix, _)| matrix);
        self.matrix.or(implied).unwrap_or(by_rule)
    }

    /// Whether its bars are made for the full range, by the same rule.
    pub fn is_truly_full(&self) -> bool {
        let implied = self.codec.implies.is_some_and(|(_, is_full)| is_full);
        self.is_full.unwrap_or(implied)
    }

    /// Makes it in `place`.
    pub async fn make(&self, place: &Place) -> Result<Made> {
        let name = self.to_string().replace([' ', ':', '/'], "-");
        let raw = place.join(&format!("{name}.raw"));
        let samples = Samples::named(self.pixels).context("a pixel format")?;
        let (width, height) = (usize::try_from(self.width)?, usize::try_from(self.height)?);
        let (matrix, is_full) = (self.true_matrix(), self.is_truly_full());
        fs::write(&raw, bars::picture(samples, matrix, is_full, width, height))?;

        let path = place.join(&format!("{name}.{}", self.codec.container));
        let options = self.options();
        Clip {
            width: self.width,
            height: self.height,
            pixels: self.pixels,
            raw: &raw,
            options: &options,
            path: &path,
        }
        .make()
        .await?;
        fs::remove_file(&raw)?;
        let path = if self.rotation == 0 {
            path
        } else {
            let turned = place.join(&format!("{name}-turned.{}", self.codec.container));
            clip::turn(&path, &turned, self.rotation).await?;
            fs::remove_file(&path)?;
            turned
        };
        Ok(match self.differs(&Probe::of(&path).await?) {
            None => Made::Clip(path),
            Some(what) => {
                fs::remove_file(&path)?;
                Made::CannotSay(what)
            }
        })
    }

    fn options(&self) -> Vec<String> {
        let mut filters = vec![format!("setsar={}/{}", self.shape.0, self.shape.1)];
        let mut words: Vec<String> = ["-frames:v", "25", "-c:v", self.codec.encoder]
            .into_iter()
            .chain(self.codec.options.iter().copied())
            .map(str::to_owned)
            .collect();
        let mut say = |option: &str, value: &str| {
            words.extend([option.to_owned(), value.to_owned()]);
        };
        if let Some(matrix) = self.matrix {
            filters.push(format!("setparams=colorspace={}", matrix.name));
            say("-colorspace", matrix.name);
        }
        if let Some(is_full) = self.is_full {
            let range = if is_full { "pc" } else { "tv" };
            filters.push(format!("setparams=range={range}"));
            say("-color_range", range);
        }
        if let Some(top_first) = self.top_first {
            let order = if top_first { "tff" } else { "bff" };
            filters.push(format!("setfield={order}"));
            match self.codec.states.fields {
                Fields::X264 => {
                    say("-flags", "+ildct+ilme");
                    say("-x264-params", &format!("{order}=1"));
                }
                Fields::Flags => say("-flags", "+ildct+ilme"),
                Fields::Pictures | Fields::None => {}
            }
            say("-field_order", if top_first { "tt" } else { "bb" });
        }
        say("-vf", &filters.join(","));
        words
    }

    /// What the clip does not say as asked.
    fn differs(&self, probe: &Probe) -> Option<String> {
        let is_rgb = Samples::named(self.pixels).is_some_and(Samples::is_rgb);
        if !is_rgb && self.codec.implies.is_none() {
            if probe.matrix.as_deref() != self.matrix.map(|it| it.name) {
                return Some(format!("its matrix ({:?})", probe.matrix));
            }
            // What is stated as limited needs no saying, and many say it anyway.
            if probe.full_range.unwrap_or(false) != self.is_truly_full() {
                return Some(format!("its range (full: {:?})", probe.full_range));
            }
        }
        if probe.sample_aspect != self.shape {
            return Some(format!("its shape ({:?})", probe.sample_aspect));
        }
        if probe.rotation != self.rotation {
            return Some(format!("its turn ({})", probe.rotation));
        }
        (probe.top_field_first != self.top_first)
            .then(|| format!("its fields (top first: {:?})", probe.top_field_first))
    }

    fn pairs(&self) -> BTreeSet<String> {
        let properties = [
            format!("{} {}", self.codec.name, self.pixels),
            format!("{:?}", self.matrix.map(|it| it.name)),
            format!("{:?}", self.is_full),
            format!("{:?}", self.shape),
            format!("{}°", self.rotation),
            format!("{:?}", self.top_first),
            format!("{} lines", self.height),
        ];
        let mut pairs = BTreeSet::new();
        for (i, a) in properties.iter().enumerate() {
            for (j, b) in properties.iter().enumerate().skip(i + 1) {
                pairs.insert(format!("{i} {a} {j} {b}"));
            }
        }
        pairs
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matrix = self.matrix.map_or("unstated", |it| it.name);
        let range = match self.is_full {
            None => "unstated",
            Some(true) => "full",
            Some(false) => "limited",
        };
        let fields = match self.top_first {
            None => "progressive",
            Some(true) => "top first",
            Some(false) => "bottom first",
        };
        let Self { codec, pixels, shape, rotation, height, .. } = self;
        let (num, den) = shape;
        write!(
            f,
            "{} {pixels} {matrix} {range} {num}:{den} {rotation}° {fields} {height} lines",
            codec.name
        )
    }
}
