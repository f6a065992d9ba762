//! What happens in the demonstration: somebody walks by, and a car.

use crate::canvas::{Canvas, Capsule, Colour};

/// A quiet place; the same for the same `number`.
pub fn background(number: u32, width: usize, height: usize) -> Canvas {
    let hue = hue(number);
    let mut canvas = Canvas::new(width, height);
    let horizon = height * 5 / 9;
    for line in (0..height).step_by(2) {
        let colour = if line < horizon {
            let down = line as f32 / horizon as f32;
            Colour::tint((176.0 - 34.0 * down) as u8, hue, 13.0 - 4.0 * down)
        } else {
            let down = (line - horizon) as f32 / (height - horizon) as f32;
            Colour::tint((108.0 + 22.0 * down) as u8, hue, 6.0)
        };
        canvas.fill_lines(line..(line + 2).min(height), colour);
    }
    canvas
}

/// Everything that moves, `seconds` after the start.
pub fn draw(canvas: &mut Canvas, number: u32, seconds: f32) {
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let hue = hue(number);
    // No two demonstrations are in step.
    let seconds = seconds + number as f32 * 7.3;
    let across = |speed: f32, margin: f32| {
        let way = width + 2.0 * margin;
        (seconds * speed * width).rem_euclid(way) - margin
    };
    car(
        canvas,
        width - across(0.11, 90.0),
        height * 0.66,
        height * 0.17,
        Colour::tint(150, hue + 0.45, 34.0),
    );
    let far = Walker { x: across(0.035, 40.0), ground: height * 0.74, size: height * 0.30 };
    far.draw(canvas, seconds, Colour::tint(70, hue + 0.30, 24.0));
    let near = Walker { x: width - across(0.06, 60.0), ground: height * 0.92, size: height * 0.46 };
    near.draw(canvas, seconds * 1.15, Colour::tint(88, hue + 0.62, 30.0));
}

/// Neighbouring numbers get colours far apart.
fn hue(number: u32) -> f32 {
    (number as f32 * 0.381_966).fract()
}

struct Walker {
    x: f32,
    ground: f32,
    size: f32,
}

impl Walker {
    fn draw(&self, canvas: &mut Canvas, seconds: f32, clothes: Colour) {
        let Self { x, ground, size } = *self;
        let at = |right: f32, up: f32| (x + right * size, ground - up * size);
        let mut limb = |from, to, radius: f32, colour, alpha| {
            canvas.draw(&Capsule { from, to, radius: radius * size }, colour, alpha);
        };
        let stride = (seconds * 4.2).sin() * 0.15;
        let dark = Colour { luma: clothes.luma / 2 + 12, ..clothes };
        let skin = Colour { luma: 178, u: 118, v: 142 };
        let shadow = Colour { luma: 30, u: 128, v: 128 };
        limb(at(-0.16, 0.0), at(0.16, 0.0), 0.035, shadow, 0.35);
        limb(at(0.0, 0.46), at(-stride, 0.05), 0.05, dark, 1.0);
        limb(at(0.0, 0.46), at(stride, 0.05), 0.05, dark, 1.0);
        limb(at(0.0, 0.72), at(stride * 0.9, 0.46), 0.036, dark, 1.0);
        limb(at(0.0, 0.72), at(0.0, 0.50), 0.10, clothes, 1.0);
        limb(at(0.0, 0.72), at(-stride * 0.9, 0.46), 0.036, clothes, 1.0);
        limb(at(0.0, 0.91), at(0.0, 0.91), 0.08, skin, 1.0);
    }
}

fn car(canvas: &mut Canvas, x: f32, ground: f32, size: f32, paint: Colour) {
    let at = |right: f32, up: f32| (x + right * size, ground - up * size);
    let mut part = |from, to, radius: f32, colour, alpha| {
        canvas.draw(&Capsule { from, to, radius: radius * size }, colour, alpha);
    };
    let tyre = Colour { luma: 34, u: 128, v: 128 };
    let glass = Colour { luma: 196, u: 132, v: 124 };
    part(at(-0.95, 0.0), at(0.95, 0.0), 0.07, tyre, 0.35);
    part(at(-0.35, 0.60), at(0.35, 0.60), 0.26, paint, 1.0);
    part(at(-0.27, 0.62), at(0.27, 0.62), 0.15, glass, 0.8);
    part(at(-0.85, 0.34), at(0.85, 0.34), 0.21, paint, 1.0);
    part(at(-0.55, 0.15), at(-0.55, 0.15), 0.17, tyre, 1.0);
    part(at(0.55, 0.15), at(0.55, 0.15), 0.17, tyre, 1.0);
}
