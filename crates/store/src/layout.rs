//! Named arrangements of tiles.

use media::CameraId;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{StoreError, words};

/// How many layouts there may be.
const MAX_LAYOUTS: u32 = 1000;

/// How many tiles a layout may have, shown or not.
const MAX_TILES: usize = 64;

/// A named arrangement of tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its id on this server.
    pub id: u32,
    /// What it is called.
    pub name: String,
    /// How many tiles are shown, and where.
    pub shape: LayoutShape,
    /// What each tile shows, in reading order. At least as many as the shape
    /// shows; those beyond are kept for when it grows again.
    pub tiles: Vec<Option<TileCamera>>,
    /// Index of the tile that shows what is selected; one that is shown.
    pub spot: Option<u32>,
}

/// How tiles are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutShape {
    /// One tile.
    Single,
    /// Two by two.
    Quad,
    /// Three by three.
    Nine,
    /// Four by four.
    Sixteen,
    /// Five by five.
    TwentyFive,
    /// Six by six.
    ThirtySix,
    /// Eight by eight.
    SixtyFour,
    /// A big one and five small ones.
    OnePlusFive,
    /// A big one and seven small ones.
    OnePlusSeven,
    /// Two big ones and eight small ones.
    TwoPlusEight,
}

/// The camera on a tile, which may be another server's, or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileCamera {
    /// Id of the server it is connected to.
    pub server: String,
    /// Its id there.
    pub camera: CameraId,
}

impl LayoutShape {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Single,
        Self::Quad,
        Self::Nine,
        Self::Sixteen,
        Self::TwentyFive,
        Self::ThirtySix,
        Self::SixtyFour,
        Self::OnePlusFive,
        Self::OnePlusSeven,
        Self::TwoPlusEight,
    ];

    /// How many tiles it shows.
    pub fn tiles(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Quad => 4,
            Self::Nine => 9,
            Self::Sixteen => 16,
            Self::TwentyFive => 25,
            Self::ThirtySix => 36,
            Self::SixtyFour => 64,
            Self::OnePlusFive => 6,
            Self::OnePlusSeven => 8,
            Self::TwoPlusEight => 10,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Quad => "quad",
            Self::Nine => "nine",
            Self::Sixteen => "sixteen",
            Self::TwentyFive => "twentyFive",
            Self::ThirtySix => "thirtySix",
            Self::SixtyFour => "sixtyFour",
            Self::OnePlusFive => "onePlusFive",
            Self::OnePlusSeven => "onePlusSeven",
            Self::TwoPlusEight => "twoPlusEight",
        }
    }
}

/// All, by id.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Layout>> {
    let mut statement =
        db.prepare_cached("select id, name, shape, spot from layout order by id")?;
    let rows = statement.query_map([], |row| {
        let word: String = row.get(2)?;
        let shape = LayoutShape::ALL.into_iter().find(|shape| shape.word() == word);
        let shape = shape.unwrap_or(LayoutShape::Quad);
        let tiles = vec![None; shape.tiles()];
        Ok(Layout { id: row.get(0)?, name: row.get(1)?, shape, tiles, spot: row.get(3)? })
    })?;
    let mut layouts = rows.collect::<Result<Vec<_>, _>>()?;

    let mut statement =
        db.prepare_cached("select layout_id, position, server, camera from tile")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, position): (u32, u32) = (row.get(0)?, row.get(1)?);
        let position = position as usize;
        let camera = TileCamera { server: row.get(2)?, camera: CameraId(row.get(3)?) };
        let layout = layouts.iter_mut().find(|layout| layout.id == id);
        if let Some(layout) = layout.filter(|_| position < MAX_TILES) {
            layout.tiles.resize(layout.tiles.len().max(position + 1), None);
            layout.tiles[position] = Some(camera);
        }
    }
    Ok(layouts)
}

/// Adds `layout` under an id of its own; as it is kept.
pub(crate) fn add(db: &Connection, layout: &Layout) -> Result<Layout, StoreError> {
    let (count, newest): (u32, u32) =
        db.query_row("select count(*), max(id) from layout", [], |row| row.try_into())?;
    if count >= MAX_LAYOUTS {
        return Err(StoreError::TooMany { what: "layouts", limit: MAX_LAYOUTS });
    }
    let id = newest.checked_add(1);
    let id = id.ok_or(StoreError::TooMany { what: "layouts ever", limit: u32::MAX })?;
    let layout = checked(&Layout { id, ..layout.clone() })?;
    db.execute(
        "insert into layout (id, name, shape, spot) values (?, ?, ?, ?)",
        params![id, layout.name, layout.shape.word(), layout.spot],
    )?;
    insert_tiles(db, &layout)?;
    Ok(layout)
}

/// Keeps `layout` in place of the one with its id; as it is kept.
pub(crate) fn set(db: &Connection, layout: &Layout) -> Result<Layout, StoreError> {
    let layout = checked(layout)?;
    let changed = db.execute(
        "update layout set name = ?, shape = ?, spot = ? where id = ?",
        params![layout.name, layout.shape.word(), layout.spot, layout.id],
    )?;
    if changed == 0 {
        return Err(missing(layout.id));
    }
    db.execute("delete from tile where layout_id = ?", [layout.id])?;
    insert_tiles(db, &layout)?;
    Ok(layout)
}

/// Removes a layout, unless it is the last. Where viewers open with it, they
/// open with the one after it from now on, or with the last.
pub(crate) fn remove(db: &Connection, id: u32) -> Result<(), StoreError> {
    let others = "select id from layout where id <> ?1 order by id < ?1, abs(id - ?1) limit 1";
    let next: Option<u32> = db.query_row(others, [id], |row| row.get(0)).optional()?;
    let next = next.ok_or_else(|| {
        StoreError::invalid("The last layout cannot be removed. Add another one first.")
    })?;
    db.execute("update settings set layout_id = ? where layout_id = ?", [next, id])?;
    let removed = db.execute("delete from layout where id = ?", [id])?;
    if removed == 0 { Err(missing(id)) } else { Ok(()) }
}

/// The layout if it may be kept, without what need not be: blanks around its
/// name, and empty tiles at the end that are not shown.
fn checked(layout: &Layout) -> Result<Layout, StoreError> {
    let name = words::name("The name of a layout", &layout.name)?.to_owned();
    let shown = layout.shape.tiles();
    if !(shown..=MAX_TILES).contains(&layout.tiles.len()) {
        return Err(StoreError::invalid(format!(
            "A layout of this shape has {shown} to {MAX_TILES} tiles, not {}.",
            layout.tiles.len()
        )));
    }
    if layout.spot.is_some_and(|spot| spot as usize >= shown) {
        return Err(StoreError::invalid(
            "The tile that shows the selection must be one that is shown. Choose another one.",
        ));
    }
    for tile in layout.tiles.iter().flatten() {
        words::name("The server of a tile", &tile.server)?;
    }
    let last = layout.tiles.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let tiles = layout.tiles[..shown.max(last)].to_vec();
    Ok(Layout { name, tiles, ..*layout })
}

fn insert_tiles(db: &Connection, layout: &Layout) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "insert into tile (layout_id, position, server, camera) values (?, ?, ?, ?)",
    )?;
    for (position, tile) in (0_u32..).zip(&layout.tiles) {
        if let Some(TileCamera { server, camera }) = tile {
            statement.execute(params![layout.id, position, server, camera.0])?;
        }
    }
    Ok(())
}

fn missing(id: u32) -> StoreError {
    StoreError::NotFound { what: format!("layout {id}") }
}
