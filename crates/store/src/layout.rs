//! Named arrangements of tiles.

use media::CameraId;
use rusqlite::{Connection, params};

use crate::{StoreError, words};

/// How many layouts there may be.
const MAX_LAYOUTS: u32 = 1000;

/// A named arrangement of tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Its id on this server.
    pub id: u32,
    /// What it is called.
    pub name: String,
    /// How many tiles and where.
    pub shape: LayoutShape,
    /// What each tile shows, in reading order; as many as the shape has tiles.
    pub tiles: Vec<Option<TileCamera>>,
}

/// How tiles are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutShape {
    /// One tile.
    Single,
    /// Two by two.
    Quad,
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
    /// How many tiles it has.
    pub fn tiles(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Quad => 4,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Quad => "quad",
        }
    }
}

/// All, by id.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Layout>> {
    let mut statement = db.prepare_cached("select id, name, shape from layout order by id")?;
    let rows = statement.query_map([], |row| {
        let shape = match row.get::<_, String>(2)?.as_str() {
            "single" => LayoutShape::Single,
            _ => LayoutShape::Quad,
        };
        Ok(Layout { id: row.get(0)?, name: row.get(1)?, shape, tiles: vec![None; shape.tiles()] })
    })?;
    let mut layouts = rows.collect::<Result<Vec<_>, _>>()?;

    let mut statement =
        db.prepare_cached("select layout_id, position, server, camera from tile")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, position): (u32, u32) = (row.get(0)?, row.get(1)?);
        let camera = TileCamera { server: row.get(2)?, camera: CameraId(row.get(3)?) };
        let layout = layouts.iter_mut().find(|layout| layout.id == id);
        if let Some(tile) = layout.and_then(|layout| layout.tiles.get_mut(position as usize)) {
            *tile = Some(camera);
        }
    }
    Ok(layouts)
}

/// Keeps `layout`, in place of the one with its id where there is one.
pub(crate) fn set(db: &Connection, layout: &Layout) -> Result<(), StoreError> {
    let name = words::name("The name of a layout", &layout.name)?;
    if layout.id == 0 {
        return Err(StoreError::invalid("Layouts are numbered from 1."));
    }
    if layout.tiles.len() != layout.shape.tiles() {
        return Err(StoreError::invalid(format!(
            "This layout has {} tiles, not {}.",
            layout.shape.tiles(),
            layout.tiles.len()
        )));
    }
    db.execute(
        "insert into layout (id, name, shape) values (?, ?, ?)
         on conflict (id) do update set name = excluded.name, shape = excluded.shape",
        params![layout.id, name, layout.shape.word()],
    )?;
    let count: u32 = db.query_row("select count(*) from layout", [], |row| row.get(0))?;
    if count > MAX_LAYOUTS {
        return Err(StoreError::TooMany { what: "layouts", limit: MAX_LAYOUTS });
    }
    db.execute("delete from tile where layout_id = ?", [layout.id])?;
    for (position, tile) in (0_u32..).zip(&layout.tiles) {
        let Some(TileCamera { server, camera }) = tile else { continue };
        let server = words::name("The server of a tile", server)?;
        db.execute(
            "insert into tile (layout_id, position, server, camera) values (?, ?, ?, ?)",
            params![layout.id, position, server, camera.0],
        )?;
    }
    Ok(())
}
