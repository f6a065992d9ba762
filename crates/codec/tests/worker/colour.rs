//! Colours that go in come out, whatever carries them.

use std::path::Path;

use media::{Matrix, Picture, Range, Size};
use workers::{Pool, SourceSpec};

use crate::clips::{Clips, has_encoder, named};
use crate::rig::{Player, pool};

crate::tests![
    every_codec_keeps_matrix_range_and_colours,
    every_layout_of_samples_keeps_colours,
    red_green_and_blue_become_what_is_said,
];

const SIZE: Size = Size { width: 320, height: 240 };

/// Y, Cb, Cr of the bars: valid in either range, far apart in every plane.
const BARS: [[u8; 3]; 8] = [
    [235, 128, 128],
    [210, 16, 146],
    [170, 166, 16],
    [145, 54, 34],
    [106, 202, 222],
    [81, 90, 240],
    [41, 240, 110],
    [16, 128, 128],
];

fn bars() -> Vec<u8> {
    let mut samples = Vec::new();
    for _ in 0..10 {
        for (plane, part) in [1, 2, 2].into_iter().enumerate() {
            let (width, height) = (SIZE.width as usize / part, SIZE.height as usize / part);
            for _ in 0..height {
                samples.extend((0..width).map(|x| BARS[x * BARS.len() / width][plane]));
            }
        }
    }
    samples
}

#[track_caller]
fn check(picture: &Picture, what: &str) {
    let Size { width, height } = picture.format.size;
    let (width, height) = (width as usize, height as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let planes = &picture.payload;
    let (luma, chroma) = planes.split_at(width * height);
    let (u, v) = chroma.split_at(half_width * half_height);
    for (bar, expected) in BARS.iter().enumerate() {
        let at = |plane: &[u8], width: usize, height: usize| {
            plane[height / 2 * width + (2 * bar + 1) * width / (2 * BARS.len())]
        };
        let read = [
            at(luma, width, height),
            at(u, half_width, half_height),
            at(v, half_width, half_height),
        ];
        let off = read.iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        assert!(off <= 4, "{what}, bar {bar} at {width}×{height}: {read:?} for {expected:?}");
    }
}

async fn pictures(pool: &Pool, path: &Path) -> [Picture; 2] {
    let small = Size { width: 160, height: 120 };
    let source = || SourceSpec::File { path: path.to_owned() };
    [
        Player::open(pool, source(), SIZE).await.picture().await,
        Player::open(pool, source(), small).await.picture().await,
    ]
}

const RAW: &str = "-f rawvideo -s 320x240 -r 25 -pix_fmt yuv420p -i -";

async fn every_codec_keeps_matrix_range_and_colours() {
    let (pool, clips, bars) = (pool(), Clips::new(), bars());
    for (codec, options, ending) in [
        ("libx264", "-qp 10", "mp4"),
        ("libx265", "-x265-params log-level=none:qp=10", "mp4"),
        ("libvpx-vp9", "-cpu-used 8 -crf 10 -b:v 0", "webm"),
        ("libsvtav1", "-preset 12 -crf 15", "mkv"),
        ("mpeg2video", "-q:v 2", "ts"),
        ("ffv1", "-level 3", "mkv"),
    ] {
        if !has_encoder(codec) {
            println!("did not run: this ffmpeg has no {codec}");
            continue;
        }
        for (space, matrix) in [
            ("bt709", Matrix::Bt709),
            ("smpte170m", Matrix::Bt601),
            ("bt470bg", Matrix::Bt601),
            ("bt2020nc", Matrix::Bt2020),
            ("smpte240m", Matrix::Smpte240m),
        ] {
            for (tag, range) in [("tv", Range::Limited), ("pc", Range::Full)] {
                // What these cannot write down.
                if codec == "mpeg2video" && (tag == "pc" || space == "bt2020nc")
                    || codec == "libsvtav1" && space == "smpte240m"
                {
                    continue;
                }
                let what = format!("{codec} {space} {tag}");
                let tags = format!("-colorspace {space} -color_range {tag}");
                let name = format!("{codec}-{space}-{tag}.{ending}");
                // Said of the input as well, so that nothing is converted.
                let raw = RAW.replace("-i -", &format!("{tags} -i -"));
                let clip =
                    clips.make_from(&format!("{raw} -c:v {codec} {options} {tags} {name}"), &bars);
                for picture in pictures(&pool, &clip).await {
                    assert_eq!(
                        (picture.format.matrix, picture.format.range),
                        (matrix, range),
                        "{what}"
                    );
                    check(&picture, &what);
                }
            }
        }
    }
}

async fn every_layout_of_samples_keeps_colours() {
    let (pool, clips, bars) = (pool(), Clips::new(), bars());
    for (codec, layout) in [
        ("libx264 -qp 10", "yuv422p"),
        ("libx264 -qp 10", "yuv444p"),
        ("libx264 -qp 10", "yuv420p10le"),
        ("libx264 -qp 10", "nv12"),
        ("ffv1 -level 3", "yuv422p10le"),
        ("ffv1 -level 3", "yuv411p"),
        ("ffv1 -level 3", "yuv444p16le"),
        ("ffv1 -level 3", "yuva420p"),
    ] {
        for (tag, range) in [("tv", Range::Limited), ("pc", Range::Full)] {
            let what = format!("{codec} {layout} {tag}");
            // Said of the result alone, so that the range is not converted.
            let name = format!("{}-{layout}-{tag}.mkv", &codec[..4]);
            let arguments =
                format!("{RAW} -pix_fmt {layout} -c:v {codec} -color_range {tag} {name}");
            let clip = clips.make_from(&arguments, &bars);
            for picture in pictures(&pool, &clip).await {
                assert_eq!(picture.format.range, range, "{what}");
                check(&picture, &what);
            }
        }
    }
    // The decoder says full range and BT.601, as custom has it.
    for layout in ["yuvj420p", "yuvj422p", "yuvj444p"] {
        let raw = RAW.replace("yuv420p", "yuvj420p");
        let clip = clips
            .make_from(&format!("{raw} -pix_fmt {layout} -c:v mjpeg -q:v 2 {layout}.mkv"), &bars);
        for picture in pictures(&pool, &clip).await {
            let format = &picture.format;
            assert_eq!((format.matrix, format.range), (Matrix::Bt601, Range::Full), "{layout}");
            check(&picture, &named(&clip));
        }
    }
    // Grey keeps its luma, in either range.
    for tag in ["tv", "pc"] {
        let raw =
            RAW.replace("yuv420p", "gray").replace("-i -", &format!("-color_range {tag} -i -"));
        let luma: Vec<u8> = bars[..(SIZE.width * SIZE.height) as usize].repeat(5);
        let clip =
            clips.make_from(&format!("{raw} -c:v ffv1 -color_range {tag} grey-{tag}.mkv"), &luma);
        for picture in pictures(&pool, &clip).await {
            let width = picture.format.size.width as usize;
            for (bar, [expected, ..]) in BARS.iter().enumerate() {
                let read = picture.payload[(2 * bar + 1) * width / 16];
                assert!(read.abs_diff(*expected) <= 2, "grey {tag}: {read} for {expected}");
            }
            let chroma = &picture.payload[width * picture.format.size.height as usize..];
            assert!(chroma.iter().all(|it| *it == 128), "grey {tag} has colour");
        }
    }
}

async fn red_green_and_blue_become_what_is_said() {
    let (pool, clips) = (pool(), Clips::new());
    // Bars of full colours, whose BT.601 codes everybody knows.
    let colours: [[u8; 3]; 8] = [
        [255, 255, 255],
        [255, 255, 0],
        [0, 255, 255],
        [0, 255, 0],
        [255, 0, 255],
        [255, 0, 0],
        [0, 0, 255],
        [0, 0, 0],
    ];
    let line: Vec<u8> = (0..320).flat_map(|x| colours[x / 40]).collect();
    let picture = line.repeat(240).repeat(5);
    for (codec, layout, name) in [
        ("ffv1 -level 3", "gbrp", "planar.mkv"),
        ("ffv1 -level 3", "bgr0", "packed.mkv"),
        ("png", "rgb24", "png.mkv"),
        ("png", "pal8", "palette.mkv"),
        ("gif", "rgb8", "clip.gif"),
    ] {
        let raw = "-f rawvideo -s 320x240 -r 25 -pix_fmt rgb24 -i -";
        let clip =
            clips.make_from(&format!("{raw} -c:v {codec} -pix_fmt {layout} {name}"), &picture);
        for picture in pictures(&pool, &clip).await {
            let format = &picture.format;
            assert_eq!((format.matrix, format.range), (Matrix::Bt601, Range::Limited), "{name}");
            let (width, height) = (format.size.width as usize, format.size.height as usize);
            for (bar, [r, g, b]) in colours.iter().enumerate() {
                let [r, g, b] = [r, g, b].map(|it| f32::from(*it) / 255.0);
                let luma = 0.299 * r + 0.587 * g + 0.114 * b;
                let expected = [
                    16.0 + 219.0 * luma,
                    128.0 + 224.0 * (b - luma) / 1.772,
                    128.0 + 224.0 * (r - luma) / 1.402,
                ];
                let at = |start: usize, width: usize| {
                    f32::from(picture.payload[start + (2 * bar + 1) * width / 16])
                };
                let (half, quarter) = (width / 2, width / 2 * (height / 2));
                let read =
                    [at(0, width), at(width * height, half), at(width * height + quarter, half)];
                let off = read.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(off <= 4.0, "{name}, bar {bar}: {read:?} for {expected:?}");
            }
        }
    }
}
