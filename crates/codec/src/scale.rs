//! Decoded pictures to I420, or luma alone, of the size that is needed.

#![allow(unsafe_code)]

use ffmpeg_next::format::Pixel;
use ffmpeg_next::software::scaling;
use ffmpeg_next::{ffi, frame};
use media::Size;

use crate::view::View;

/// The scalers of one stream, one for each size that was wanted last.
#[derive(Default)]
pub struct Scalers(Vec<Scaler>);

struct Scaler {
    from: (Pixel, Size),
    to: (Pixel, Size),
    context: scaling::Context,
    /// swscale writes whole vectors, past the end of a line; this has room.
    scratch: frame::Video,
    /// So many pictures came since it was used.
    unused: u32,
}

/// swscale does not read this kind of samples.
#[derive(Debug)]
pub struct Unreadable;

impl Scalers {
    /// A scaler is kept for so many pictures that need it not: analysis looks at one
    /// in eight of 60 a second, and making a scaler takes longer than using it.
    const KEPT: u32 = 8;

    /// The planes of `view` at `size`, tightly packed. Matrix and range stay
    /// what they were, except that RGB becomes [`crate::colour::RGB_BECOMES`].
    pub fn planes(&mut self, view: &View, size: Size) -> Result<Vec<u8>, Unreadable> {
        if view.pixel == Pixel::YUV420P && view.size == size {
            return Ok(pack(view));
        }
        let scaled = self.scale(view, (Pixel::YUV420P, size))?;
        View::whole(scaled).map(|view| pack(&view)).ok_or(Unreadable)
    }

    /// The plane Y alone of what [`Scalers::planes`] makes, for less.
    pub fn luma(&mut self, view: &View, size: Size) -> Result<Vec<u8>, Unreadable> {
        let (width, height) = (size.width as usize, size.height as usize);
        let Some(luma) = view.luma() else {
            let mut planes = self.planes(view, size)?;
            planes.truncate(width * height);
            return Ok(planes);
        };
        let mut bytes = Vec::with_capacity(width * height);
        if luma.size == size {
            luma.copy_plane(0, width, height, &mut bytes);
        } else {
            let scaled = self.scale(&luma, (Pixel::GRAY8, size))?;
            View::whole(scaled).ok_or(Unreadable)?.copy_plane(0, width, height, &mut bytes);
        }
        Ok(bytes)
    }

    fn scale(&mut self, view: &View, to: (Pixel, Size)) -> Result<&frame::Video, Unreadable> {
        let from = (view.pixel, view.size);
        let known = self.0.iter().position(|it| it.from == from && it.to == to);
        let index = match known {
            Some(index) => index,
            None => {
                self.0.push(Scaler::new(from, to)?);
                self.0.len() - 1
            }
        };
        let scaler = &mut self.0[index];
        scaler.unused = 0;
        // SAFETY: the scaler was made for the view's layout and size, and its
        // scratch picture was allocated for what it makes.
        unsafe { view.scale(scaler.context.as_mut_ptr(), &mut scaler.scratch) };
        Ok(&scaler.scratch)
    }

    /// A picture is done: forgets the scalers that were not used for long.
    pub fn tidy(&mut self) {
        self.0.retain_mut(|scaler| {
            scaler.unused += 1;
            scaler.unused <= Self::KEPT
        });
    }
}

impl Scaler {
    fn new(from: (Pixel, Size), to: (Pixel, Size)) -> Result<Self, Unreadable> {
        let ((pixel, size), (made, made_size)) = (from, to);
        let mut flags = scaling::Flags::BILINEAR;
        if made != Pixel::GRAY8 {
            // Analysis does not mind being one off in 256, and has it for less.
            flags |= scaling::Flags::ACCURATE_RND;
        }
        let mut context = scaling::Context::get(
            pixel,
            size.width,
            size.height,
            made,
            made_size.width,
            made_size.height,
            flags,
        )
        .map_err(|_| Unreadable)?;
        // The same matrix and range on both sides, whatever they are: nothing
        // is converted. It matters for grey, which swscale takes for full
        // range; RGB becomes BT.601, limited.
        // SAFETY: the context was just initialised; the tables live for ever.
        unsafe {
            let table = ffi::sws_getCoefficients(ffi::SWS_CS_ITU601);
            let one = 1 << 16;
            ffi::sws_setColorspaceDetails(context.as_mut_ptr(), table, 0, table, 0, 0, one, one);
        }
        let scratch = frame::Video::new(made, made_size.width, made_size.height);
        // SAFETY: a `frame::Video` holds a frame, with or without samples.
        if unsafe { scratch.is_empty() } {
            return Err(Unreadable);
        }
        Ok(Self { from, to, context, scratch, unused: 0 })
    }
}

/// Whether the picture can be scaled at all.
pub fn is_readable(pixel: Pixel) -> bool {
    // SAFETY: looks into a table.
    unsafe { ffi::sws_isSupportedInput(pixel.into()) != 0 }
}

/// The three planes of an I420 view, one after another.
fn pack(view: &View) -> Vec<u8> {
    let (width, height) = (view.size.width as usize, view.size.height as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let mut planes = Vec::with_capacity(width * height + 2 * half_width * half_height);
    view.copy_plane(0, width, height, &mut planes);
    view.copy_plane(1, half_width, half_height, &mut planes);
    view.copy_plane(2, half_width, half_height, &mut planes);
    planes
}
