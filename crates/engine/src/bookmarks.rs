//! Bookmarks: viewers hear of changes in the order in which they were kept.

use protocol::{Failure, NewBookmark, Reply};

use crate::{Engine, view};

/// Adds one.
pub fn add(engine: &Engine, new: NewBookmark) -> Result<Reply, Failure> {
    let new = kept(engine, new)?;
    let board = engine.board();
    let added = engine.store(|store| {
        let bookmark = view::bookmark(board.server(), &store.add_bookmark(&new)?);
        board.tell_bookmark(bookmark.clone());
        Ok(bookmark)
    });
    let bookmark = added.map_err(|error| view::store_failure(&error))?;
    Ok(Reply::Bookmark { bookmark })
}

/// Lets one mark something else.
pub fn set(engine: &Engine, id: u32, new: NewBookmark) -> Result<Reply, Failure> {
    let new = kept(engine, new)?;
    let board = engine.board();
    let changed = engine.store(|store| {
        board.tell_bookmark(view::bookmark(board.server(), &store.set_bookmark(id, &new)?));
        Ok(Reply::Nothing)
    });
    changed.map_err(|error| view::store_failure(&error))
}

/// Forgets one.
pub fn remove(engine: &Engine, id: u32) -> Result<Reply, Failure> {
    let removed = engine.store(|store| {
        store.remove_bookmark(id)?;
        engine.board().tell_bookmark_removed(id);
        Ok(Reply::Nothing)
    });
    removed.map_err(|error| view::store_failure(&error))
}

/// All.
pub fn all(engine: &Engine) -> Result<Reply, Failure> {
    let bookmarks = engine.store(|store| store.bookmarks());
    let bookmarks = bookmarks.map_err(|error| view::store_failure(&error))?;
    let view = |bookmark| view::bookmark(engine.server(), bookmark);
    Ok(Reply::Bookmarks { bookmarks: bookmarks.iter().map(view).collect() })
}

fn kept(engine: &Engine, new: NewBookmark) -> Result<store::NewBookmark, Failure> {
    let cameras = new.cameras.iter().map(|camera| engine.camera_id(camera));
    Ok(view::new_bookmark(cameras.collect::<Result<_, _>>()?, new))
}
