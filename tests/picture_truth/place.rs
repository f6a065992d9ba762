//! Where on a tile each bar is, from the shape and turn of the clip alone.

use testkit::Tile;

use super::bars;
use super::looks::Look;

/// Points of the canvas to look at.
pub struct Spots {
    /// In the picture.
    pub inside: Vec<Spot>,
    /// Beside it, on the tile.
    pub outside: Vec<(i32, i32)>,
    /// For each of those, the colour at the picture's edge next to it.
    pub beside: Vec<[f64; 3]>,
}

/// A point and what must be there.
pub struct Spot {
    pub at: (i32, i32),
    pub colour: [f64; 3],
    pub name: String,
}

/// How far from the picture's edge looking is safe, in pixels.
const MARGIN: f64 = 8.0;

/// The points for `look` on `tile`.
pub fn spots(look: &Look, tile: &Tile) -> Spots {
    let picture = Rect::of(look, tile);
    let mut inside = Vec::new();
    for bar in 0..8_u32 {
        let u = (f64::from(bar) + 0.5) / 8.0;
        for v in [0.25, 0.75] {
            let half = if v < 0.5 { "upper" } else { "lower" };
            inside.push(picture.spot(look, u, v, format!("{half} bar {bar}")));
        }
    }
    // Close to the corners: the picture reaches as far as its shape says.
    for (u, v) in [(0.03, 0.05), (0.97, 0.05), (0.03, 0.95), (0.97, 0.95)] {
        inside.push(picture.spot(look, u, v, format!("corner {u} {v}")));
    }
    // The name bar covers the lower end of the tile, and a frame its edge.
    let (mut outside, mut beside) = (Vec::new(), Vec::new());
    let edges = [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)];
    for (dx, dy) in edges {
        let x = picture.x + picture.width * 0.5 + dx * (picture.width * 0.5 + MARGIN);
        let y = picture.y + picture.height * 0.5 + dy * (picture.height * 0.5 + MARGIN);
        // A little beside the middle, where two bars would meet.
        let (x, y) = (x + dy.abs() * picture.width / 16.0, y + dx.abs() * picture.height / 16.0);
        let on_tile = x > f64::from(tile.x) + 2.0
            && x < f64::from(tile.x + tile.width) - 2.0
            && y > f64::from(tile.y) + 2.0
            && y < f64::from(tile.y + tile.height) - 2.0;
        if on_tile {
            let (u, v) = picture.coded(
                look,
                (x - dx * 2.0 * MARGIN - picture.x) / picture.width,
                (y - dy * 2.0 * MARGIN - picture.y) / picture.height,
            );
            let colour = bars::colour(u, v);
            // Black looks like the ground.
            if colour != [0.0; 3] {
                outside.push((x as i32, y as i32));
                beside.push(colour);
            }
        }
    }
    Spots { inside, outside, beside }
}

/// The picture on the tile: as large as fits, in the middle.
struct Rect {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

impl Rect {
    fn of(look: &Look, tile: &Tile) -> Self {
        let wide = f64::from(look.width * look.shape.0);
        let high = f64::from(look.height * look.shape.1);
        let is_turned = look.rotation % 180 == 90;
        let (wide, high) = if is_turned { (high, wide) } else { (wide, high) };
        let (tile_wide, tile_high) = (f64::from(tile.width), f64::from(tile.height));
        let scale = (tile_wide / wide).min(tile_high / high);
        let (width, height) = (wide * scale, high * scale);
        Self {
            x: f64::from(tile.x) + (tile_wide - width) / 2.0,
            y: f64::from(tile.y) + (tile_high - height) / 2.0,
            width,
            height,
        }
    }

    /// The point of the canvas where the place (u, v) of the coded picture is.
    fn spot(&self, look: &Look, u: f64, v: f64, name: String) -> Spot {
        let (across, down) = match look.rotation {
            90 => (1.0 - v, u),
            180 => (1.0 - u, 1.0 - v),
            270 => (v, 1.0 - u),
            _ => (u, v),
        };
        let at = ((self.x + across * self.width) as i32, (self.y + down * self.height) as i32);
        Spot { at, colour: bars::colour(u, v), name }
    }

    /// The place of the coded picture that is shown `across` and `down`.
    fn coded(&self, look: &Look, across: f64, down: f64) -> (f64, f64) {
        match look.rotation {
            90 => (down, 1.0 - across),
            180 => (1.0 - across, 1.0 - down),
            270 => (1.0 - down, across),
            _ => (across, down),
        }
    }
}
