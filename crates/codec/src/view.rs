//! Where the samples of a decoded picture are, or those of one of its fields.

#![allow(unsafe_code)]

use std::marker::PhantomData;
use std::slice;

use ffmpeg_next::format::Pixel;
use ffmpeg_next::{ffi, frame};
use media::Size;

use crate::colour;

/// Planes that somebody else keeps alive.
pub struct View<'a> {
    /// How they are laid out; says nothing of the range.
    pub pixel: Pixel,
    /// Visible samples.
    pub size: Size,
    data: [*const u8; PLANES],
    strides: [i32; PLANES],
    of: PhantomData<&'a frame::Video>,
}

const PLANES: usize = 4;

impl<'a> View<'a> {
    /// The whole picture. Nothing where it has no samples in memory.
    pub fn whole(picture: &'a frame::Video) -> Option<Self> {
        // SAFETY: a `frame::Video` holds an allocated frame.
        let raw = unsafe { &*picture.as_ptr() };
        let mut view = Self {
            pixel: colour::without_range(picture.format()),
            size: Size {
                width: u32::try_from(raw.width).ok()?,
                height: u32::try_from(raw.height).ok()?,
            },
            data: [std::ptr::null(); PLANES],
            strides: [0; PLANES],
            of: PhantomData,
        };
        for plane in 0..PLANES {
            view.data[plane] = raw.data[plane];
            view.strides[plane] = raw.linesize[plane];
        }
        let is_there = !view.data[0].is_null() && view.size.width > 0 && view.size.height > 0;
        is_there.then_some(view)
    }

    /// Every second line, from the first or the second on: nothing is copied.
    /// Nothing where there are too few lines or they are not all alike.
    pub fn field(self, is_top: bool) -> Option<Self> {
        // A rest of lines that fills no whole line of chroma is left out: the
        // bottom field may lack its last.
        let chroma = 1 << self.pixel.descriptor()?.log2_chroma_h();
        let height = self.size.height / 2 / chroma * chroma;
        if height == 0 || crate::libav::is_palette(self.pixel) {
            return None;
        }
        let mut field = Self { size: Size { height, ..self.size }, ..self };
        for plane in 0..PLANES {
            if field.data[plane].is_null() {
                continue;
            }
            if !is_top {
                field.data[plane] =
                    field.data[plane].wrapping_offset(field.strides[plane] as isize);
            }
            field.strides[plane] = field.strides[plane].checked_mul(2)?;
        }
        Some(field)
    }

    /// The plane Y as a grey picture. Nothing where luma does not lie in 8-bit
    /// samples of its own.
    pub fn luma(&self) -> Option<Self> {
        const PLANAR: [Pixel; 6] = [
            Pixel::YUV420P,
            Pixel::YUV422P,
            Pixel::YUV444P,
            Pixel::YUV411P,
            Pixel::NV12,
            Pixel::GRAY8,
        ];
        let is_planar = PLANAR.contains(&self.pixel);
        is_planar.then_some(Self { pixel: Pixel::GRAY8, ..*self })
    }

    /// Appends the samples of a plane, `width` by `height` bytes, without what
    /// is between the lines. Only for 8-bit planar layouts.
    pub fn copy_plane(&self, plane: usize, width: usize, height: usize, to: &mut Vec<u8>) {
        for line in 0..height {
            let offset = line as isize * self.strides[plane] as isize;
            // SAFETY: FFmpeg allocates every plane of a picture for all its
            // lines; the callers ask for no more than `size` says, which
            // `field` halves whenever it doubles the strides.
            let samples = unsafe { slice::from_raw_parts(self.data[plane].offset(offset), width) };
            to.extend_from_slice(samples);
        }
    }

    /// Has swscale read the planes.
    ///
    /// # Safety
    ///
    /// `context` must expect `self.pixel` and `self.size`, and `to` must be
    /// allocated as it expects.
    pub unsafe fn scale(&self, context: *mut ffi::SwsContext, to: &mut frame::Video) {
        // SAFETY: as above; the source's planes live as long as the view.
        unsafe {
            let to = to.as_mut_ptr();
            ffi::sws_scale(
                context,
                self.data.as_ptr(),
                self.strides.as_ptr(),
                0,
                self.size.height as i32,
                (*to).data.as_ptr(),
                (*to).linesize.as_ptr(),
            );
        }
    }
}
