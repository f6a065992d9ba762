//! Bookmarks.

use std::collections::BTreeSet;

use media::{CameraId, WallTime};
use protocol::{Bookmark, CameraAddress, NewBookmark};

/// What somebody wants to find again.
pub fn bookmark(server: &str, bookmark: &store::Bookmark) -> Bookmark {
    let store::NewBookmark { cameras, from, to, name, note } = bookmark.marked.clone();
    let address = |camera: CameraId| CameraAddress { server: server.to_owned(), camera: camera.0 };
    let cameras = cameras.into_iter().map(address).collect();
    let marked = NewBookmark { cameras, from: from.0, to: to.0, name, note };
    Bookmark { id: bookmark.id, marked, created: bookmark.created.0 }
}

/// What a viewer wants to be marked, of these cameras.
pub fn new_bookmark(cameras: BTreeSet<CameraId>, new: NewBookmark) -> store::NewBookmark {
    let NewBookmark { from, to, name, note, .. } = new;
    store::NewBookmark { cameras, from: WallTime(from), to: WallTime(to), name, note }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_comes_back_from_a_viewer_as_it_went() {
        let marked = store::NewBookmark {
            cameras: BTreeSet::from([CameraId(2), CameraId(7)]),
            from: WallTime(5),
            to: WallTime(9),
            name: "Van".into(),
            note: "white".into(),
        };
        let kept = store::Bookmark { id: 3, marked: marked.clone(), created: WallTime(11) };
        let sent = bookmark("s", &kept);
        assert_eq!((sent.id, sent.created), (3, 11));
        let cameras = sent.marked.cameras.iter().map(|it| CameraId(it.camera)).collect();
        assert_eq!(new_bookmark(cameras, sent.marked), marked);
    }
}
