//! A sequence whose every pixel somebody labelled, in the form of CDnet.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::clip::{self, Pictures};

/// Pictures to learn from before the first that is scored.
const LEARNING: usize = 50;

/// Wider pictures are made smaller, as an engine does.
const WIDEST: usize = 400;

/// Inputs and labels.
pub struct Sequence {
    pub folder: PathBuf,
    /// The number of the first input.
    pub first: usize,
    pub count: usize,
    pub size: (usize, usize),
    labels: Pictures,
    labels_from: usize,
    scored: (usize, usize),
    /// Where pixels count; everywhere where there is none.
    pub region: Option<Vec<u8>>,
}

impl Sequence {
    pub fn open(folder: &Path) -> Result<Self> {
        let (first, count) = numbers(&folder.join("input"))?;
        let size = clip::size(&folder.join(format!("input/in{first:06}.jpg")))?;
        let (labels_from, _) = numbers(&folder.join("groundtruth"))?;
        let pattern = folder.join("groundtruth/gt%06d.png");
        let labels = Pictures::of_files(&pattern, labels_from, "null", size.0, size.1)?;
        let bounds = fs::read_to_string(folder.join("temporalROI.txt"))?;
        let mut bounds = bounds.split_whitespace().map(str::parse);
        let mut bound = || anyhow::Ok(bounds.next().context("temporalROI.txt")??);
        let scored = ((first + LEARNING).max(bound()?), (first + count - 1).min(bound()?));
        let region = folder.join("ROI.bmp");
        let region = if region.exists() {
            Some(Pictures::of_file(&region, size.0, size.1)?.bytes)
        } else {
            None
        };
        let folder = folder.to_owned();
        Ok(Self { folder, first, count, size, labels, labels_from, scored, region })
    }

    /// What its folder is called, without what it belongs to.
    pub fn name(&self) -> String {
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.trim_start_matches("cdnet_").to_owned()
    }

    /// All inputs, as small as they are analysed.
    pub fn inputs(&self) -> Result<Pictures> {
        let (width, height) = match self.size {
            (width, height) if width > WIDEST => (320, (height * 320 / width).max(1)),
            size => size,
        };
        self.filtered(&format!("scale={width}:{height}:flags=area"), width, height)
    }

    /// A part of all inputs, as a camera of its own.
    pub fn window(&self, window: [usize; 4]) -> Result<Pictures> {
        let [x, y, width, height] = window;
        let filter = format!("crop={width}:{height}:{x}:{y},scale=320:240:flags=bilinear");
        self.filtered(&filter, 320, 240)
    }

    /// The label of each pixel of the input of this number, where it is scored.
    pub fn label(&self, number: usize) -> Option<&[u8]> {
        let index = number.checked_sub(self.labels_from)?;
        let is_scored = (self.scored.0..=self.scored.1).contains(&number);
        (is_scored && index < self.labels.len()).then(|| self.labels.bytes(index))
    }

    /// The label of the input at this place, scored or not.
    pub fn any_label(&self, index: usize) -> Option<&[u8]> {
        let index = (self.first + index).checked_sub(self.labels_from)?;
        (index < self.labels.len()).then(|| self.labels.bytes(index))
    }

    /// All inputs through `filter`.
    pub fn filtered(&self, filter: &str, width: usize, height: usize) -> Result<Pictures> {
        let pattern = self.folder.join("input/in%06d.jpg");
        Pictures::of_files(&pattern, self.first, filter, width, height)
    }
}

/// The first of the numbers in the names of a folder's files, and how many there are.
fn numbers(folder: &Path) -> Result<(usize, usize)> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        numbers.extend(digits.parse::<usize>());
    }
    let first = numbers.iter().min().with_context(|| format!("{} is empty", folder.display()))?;
    Ok((*first, numbers.len()))
}
