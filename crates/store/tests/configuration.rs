//! Cameras, layouts and settings, as the engine uses them.
#![expect(clippy::unwrap_used, reason = "what tests share is a test as well")]

use std::collections::BTreeMap;

use media::{CameraId, Clock, WallTime};
use store::{
    Camera, CameraSource, KeyKeeping, Layout, LayoutShape, NewCamera, Secret, Settings, Store,
    StoreError, Theme, TileCamera,
};
use tempfile::TempDir;

struct Fixture {
    dir: TempDir,
    store: Store,
}

impl Fixture {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let store = open(&dir);
        Self { dir, store }
    }

    fn reopen(self) -> Self {
        let Self { dir, store } = self;
        drop(store);
        let store = open(&dir);
        Self { dir, store }
    }

    fn add(&mut self, name: &str) -> Camera {
        self.store.add_camera(&demo(name)).unwrap()
    }

    /// `number:name` of each camera.
    fn list(&self) -> String {
        let cameras = self.store.cameras().unwrap();
        let names = cameras.iter().map(|it| format!("{}:{}", it.number, it.name));
        names.collect::<Vec<_>>().join(" ")
    }
}

fn open(dir: &TempDir) -> Store {
    let (store, notices) =
        Store::open(&dir.path().join("data"), KeyKeeping::KeyFile, Clock::system()).unwrap();
    assert_eq!(notices, []);
    store
}

fn demo(name: &str) -> NewCamera {
    NewCamera { name: name.into(), source: CameraSource::Demo }
}

#[test]
fn a_new_database_has_two_layouts_and_no_cameras() {
    let f = Fixture::new();
    assert_eq!(f.list(), "");
    let layouts = f.store.layouts().unwrap();
    let shapes: Vec<_> = layouts.iter().map(|it| (it.id, it.name.as_str(), it.shape)).collect();
    assert_eq!(shapes, [(1, "Layout 1", LayoutShape::Single), (2, "Layout 2", LayoutShape::Quad)]);
    assert!(layouts.iter().all(|it| it.tiles == vec![None; it.shape.tiles()]));
    let settings =
        Settings { theme: Theme::Dark, layout: 2, keep_running: false, keys: BTreeMap::new() };
    assert_eq!(f.store.settings().unwrap(), settings);
}

#[test]
fn the_server_id_is_a_uuid_made_once() {
    let f = Fixture::new();
    let id = f.store.server_id().to_owned();
    let parts: Vec<&str> = id.split('-').collect();
    assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert!(parts.concat().chars().all(|digit| digit.is_ascii_hexdigit()), "{id}");
    assert!(parts[2].starts_with('4') && "89ab".contains(&parts[3][..1]), "{id}");
    assert_eq!(f.reopen().store.server_id(), id);
    assert_ne!(Fixture::new().store.server_id(), id);
}

#[test]
fn numbers_are_filled_up_and_ids_never_given_again() {
    let mut f = Fixture::new();
    let [one, two, three] = ["one", "two", "three"].map(|name| f.add(name));
    assert_eq!((one.number, two.number, three.number), (1, 2, 3));
    f.store.remove_camera(two.id).unwrap();
    f.store.remove_camera(three.id).unwrap();
    let mut f = f.reopen();
    let four = f.add("four");
    assert_eq!((four.number, four.id), (2, CameraId(4)));
    assert_eq!(f.list(), "1:one 2:four");
}

#[test]
fn a_removed_camera_comes_back_under_its_number_or_the_next_free_one() {
    let mut f = Fixture::new();
    let [one, two, _] = ["one", "two", "three"].map(|name| f.add(name));
    f.store.set_credentials(two.id, "root", &Secret::new("sesame".into())).unwrap();
    f.store.remove_camera(two.id).unwrap();
    assert!(matches!(f.store.remove_camera(two.id), Err(StoreError::NotFound { .. })));
    assert!(matches!(f.store.rename_camera(two.id, "x"), Err(StoreError::NotFound { .. })));
    assert!(matches!(f.store.credentials(two.id), Err(StoreError::NotFound { .. })));
    let back = f.store.restore_camera(two.id).unwrap();
    assert_eq!(back, Camera { has_password: true, ..two.clone() });
    assert_eq!(f.store.restore_camera(two.id).unwrap(), back, "restoring twice changes nothing");

    f.store.remove_camera(one.id).unwrap();
    f.add("new");
    assert_eq!(f.store.restore_camera(one.id).unwrap().number, 4);
    assert_eq!(f.reopen().list(), "1:new 2:two 3:three 4:one");
}

#[test]
fn a_camera_that_never_was_is_not_found() {
    let mut f = Fixture::new();
    let id = CameraId(7);
    let error = f.store.rename_camera(id, "x").unwrap_err();
    assert_eq!(error.to_string(), "There is no camera 7; it may have been removed meanwhile.");
    assert!(matches!(f.store.restore_camera(id), Err(StoreError::NotFound { .. })));
    let password = Secret::new(String::new());
    let outcome = f.store.set_credentials(id, "", &password);
    assert!(matches!(outcome, Err(StoreError::NotFound { .. })));
}

#[test]
fn names_and_sources_are_kept_as_typed() {
    let mut f = Fixture::new();
    let path = "/clips/Ünï 'x'; drop table camera; --.mp4";
    let source = CameraSource::File { path: path.into() };
    let camera = f.store.add_camera(&NewCamera { name: "  <b>\"Yard\"</b> ".into(), source });
    let camera = camera.unwrap();
    assert_eq!(camera.name, "<b>\"Yard\"</b>");
    let renamed = f.store.rename_camera(camera.id, "'); delete from camera; --").unwrap();
    let f = f.reopen();
    assert_eq!(f.store.cameras().unwrap(), std::slice::from_ref(&renamed));
    assert_eq!(renamed.source, CameraSource::File { path: path.into() });
}

#[test]
fn what_breaks_a_limit_is_refused_and_changes_nothing() {
    let mut f = Fixture::new();
    let camera = f.add("one");
    let file = |path: String| NewCamera { name: "x".into(), source: CameraSource::File { path } };
    let long = "x".repeat(301);
    let refused = [
        f.store.add_camera(&demo(" ")).unwrap_err(),
        f.store.add_camera(&demo("a\nb")).unwrap_err(),
        f.store.add_camera(&file(String::new())).unwrap_err(),
        f.store.add_camera(&file("/".repeat(4097))).unwrap_err(),
        f.store.rename_camera(camera.id, &long).unwrap_err(),
        f.store.set_credentials(camera.id, &long, &Secret::new(String::new())).unwrap_err(),
        f.store.set_credentials(camera.id, "", &Secret::new("x".repeat(1025))).unwrap_err(),
    ];
    for error in refused {
        assert!(matches!(error, StoreError::Invalid { .. }), "{error}");
    }
    assert_eq!(f.store.cameras().unwrap(), [camera]);
}

#[test]
fn there_are_at_most_4096_cameras() {
    let mut f = Fixture::new();
    let first = f.add("first");
    drop(f.store);
    // 4096 commits would take their time.
    let raw = rusqlite::Connection::open(f.dir.path().join("data/tessera.sqlite")).unwrap();
    raw.execute_batch(
        "with recursive n (n) as (select 2 union all select n + 1 from n where n < 4096)
         insert into camera (number, name, source, added_us) select n, 'x', 'demo', 0 from n",
    )
    .unwrap();
    drop(raw);
    let mut store = open(&f.dir);
    assert_eq!(store.cameras().unwrap().len(), 4096);
    let error = store.add_camera(&demo("x")).unwrap_err();
    assert!(matches!(error, StoreError::TooMany { limit: 4096, .. }));
    assert_eq!(error.to_string(), "There cannot be more than 4096 cameras. Remove one first.");
    store.remove_camera(first.id).unwrap();
    assert_eq!(store.add_camera(&demo("x")).unwrap().number, 1);
    assert!(matches!(store.restore_camera(first.id), Err(StoreError::TooMany { .. })));
}

#[test]
fn credentials_are_kept_replaced_and_forgotten() {
    let mut f = Fixture::new();
    let [one, two] = ["one", "two"].map(|name| f.add(name));
    assert!(f.store.credentials(one.id).unwrap().is_none());
    assert!(
        f.store.set_credentials(one.id, "root", &Secret::new("old".into())).unwrap().has_password
    );
    f.store.set_credentials(one.id, "admin", &Secret::new("sésame".into())).unwrap();
    f.store.set_credentials(two.id, "", &Secret::new(String::new())).unwrap();

    let mut f = f.reopen();
    let read = |store: &Store, id| {
        let kept = store.credentials(id).unwrap();
        kept.map(|it| format!("{}/{}", it.user, it.password.expose()))
    };
    assert_eq!(read(&f.store, one.id).as_deref(), Some("admin/sésame"));
    assert_eq!(read(&f.store, two.id).as_deref(), Some("/"));
    assert!(f.store.cameras().unwrap().iter().all(|camera| camera.has_password));
    assert!(!f.store.forget_credentials(one.id).unwrap().has_password);
    assert_eq!(read(&f.store, one.id), None);
}

fn tile(camera: u32) -> Option<TileCamera> {
    Some(TileCamera { server: "s-1".into(), camera: CameraId(camera) })
}

/// The ids of the layouts.
fn ids(store: &Store) -> Vec<u32> {
    store.layouts().unwrap().iter().map(|layout| layout.id).collect()
}

#[test]
fn layouts_are_replaced_whole() {
    let mut f = Fixture::new();
    let quad = Layout {
        id: 2,
        name: "Yard".into(),
        shape: LayoutShape::Quad,
        tiles: vec![tile(1), None, tile(7), tile(1)],
        spot: Some(3),
    };
    assert_eq!(f.store.set_layout(&quad).unwrap(), quad);
    assert_eq!(f.store.layouts().unwrap()[1], quad);
    let single = Layout {
        id: 2,
        name: "Gate".into(),
        shape: LayoutShape::Single,
        tiles: vec![tile(9)],
        spot: None,
    };
    f.store.set_layout(&single).unwrap();
    let f = f.reopen();
    assert_eq!(f.store.layouts().unwrap()[1], single);
}

#[test]
fn layouts_have_every_shape_and_up_to_64_tiles() {
    let mut f = Fixture::new();
    for shape in LayoutShape::ALL {
        for count in [shape.tiles(), 64] {
            let tiles = (0..count as u32).map(tile).collect();
            let spot = Some(shape.tiles() as u32 - 1);
            let layout = Layout { id: 2, name: "Wall".into(), shape, tiles, spot };
            assert_eq!(f.store.set_layout(&layout).unwrap(), layout);
            f = f.reopen();
            assert_eq!(f.store.layouts().unwrap()[1], layout);
        }
    }
}

#[test]
fn cameras_beyond_the_shape_are_kept_and_empty_tiles_there_are_not() {
    let mut f = Fixture::new();
    let quad = f.store.layouts().unwrap()[1].clone();
    let mut tiles = vec![None; 9];
    tiles[6] = tile(7);
    let kept = f.store.set_layout(&Layout { tiles: tiles.clone(), ..quad.clone() }).unwrap();
    assert_eq!(kept.tiles, tiles[..7]);
    let f = f.reopen();
    assert_eq!(f.store.layouts().unwrap()[1], kept);
}

#[test]
fn a_layout_is_added_under_an_id_of_its_own() {
    let mut f = Fixture::new();
    let quad = f.store.layouts().unwrap()[1].clone();
    let new = Layout { id: 1, name: " Yard ".into(), tiles: vec![tile(5); 4], ..quad };
    let kept = Layout { id: 3, name: "Yard".into(), ..new.clone() };
    assert_eq!(f.store.add_layout(&new).unwrap(), kept);
    assert_eq!(f.store.layouts().unwrap()[2], kept);

    let gone = Layout { id: 9, ..new };
    let error = f.store.set_layout(&gone).unwrap_err();
    assert_eq!(error.to_string(), "There is no layout 9; it may have been removed meanwhile.");
    assert_eq!(ids(&f.store), [1, 2, 3]);
}

#[test]
fn there_are_at_most_1000_layouts() {
    let f = Fixture::new();
    drop(f.store);
    let raw = rusqlite::Connection::open(f.dir.path().join("data/tessera.sqlite")).unwrap();
    raw.execute_batch(
        "with recursive n (n) as (select 3 union all select n + 1 from n where n < 1000)
         insert into layout (id, name, shape) select n, 'x', 'single' from n",
    )
    .unwrap();
    drop(raw);
    let mut store = open(&f.dir);
    let layout = store.layouts().unwrap()[0].clone();
    assert!(matches!(store.add_layout(&layout), Err(StoreError::TooMany { limit: 1000, .. })));
    store.remove_layout(7).unwrap();
    assert_eq!(store.add_layout(&layout).unwrap().id, 1001);
}

#[test]
fn a_removed_layout_is_gone_with_its_tiles_and_settings_have_another() {
    let mut f = Fixture::new();
    let mut layout = f.store.layouts().unwrap()[1].clone();
    layout.tiles[0] = tile(4);
    f.store.set_layout(&layout).unwrap();
    let third = f.store.add_layout(&layout).unwrap().id;

    let settings = f.store.settings().unwrap();
    assert_eq!(f.store.remove_layout(1).unwrap(), settings, "they had another");
    assert_eq!(f.store.remove_layout(2).unwrap().layout, third, "the one after it");
    assert!(matches!(f.store.remove_layout(2), Err(StoreError::NotFound { .. })));
    let error = f.store.remove_layout(third).unwrap_err();
    assert_eq!(error.to_string(), "The last layout cannot be removed. Add another one first.");

    let fourth = f.store.add_layout(&Layout { tiles: vec![None; 4], ..layout }).unwrap().id;
    f.store.set_settings(&Settings { layout: fourth, ..settings }).unwrap();
    assert_eq!(f.store.remove_layout(fourth).unwrap().layout, third, "the last");
    let f = f.reopen();
    assert_eq!(ids(&f.store), [third]);
    assert_eq!(f.store.settings().unwrap().layout, third);
}

#[test]
fn a_layout_that_does_not_fit_its_shape_is_refused() {
    let mut f = Fixture::new();
    let before = f.store.layouts().unwrap();
    let quad = &before[1];
    let nobody = Some(TileCamera { server: String::new(), camera: CameraId(1) });
    let refused = [
        Layout { tiles: vec![None; 3], ..quad.clone() },
        Layout { tiles: vec![tile(1); 65], ..quad.clone() },
        Layout { name: "\t".into(), ..quad.clone() },
        Layout { tiles: vec![nobody, None, None, None], ..quad.clone() },
        Layout { spot: Some(4), tiles: vec![tile(1); 9], ..quad.clone() },
    ];
    for layout in refused {
        assert!(matches!(f.store.set_layout(&layout), Err(StoreError::Invalid { .. })));
        assert!(matches!(f.store.add_layout(&layout), Err(StoreError::Invalid { .. })));
    }
    assert_eq!(f.store.layouts().unwrap(), before);
}

#[test]
fn settings_are_kept() {
    let mut f = Fixture::new();
    for theme in [Theme::Dark, Theme::Light, Theme::HighContrast, Theme::System] {
        let keys = shortcuts([("wall.videoOnly", "x"), ("help", "")]);
        let settings = Settings { theme, layout: 1, keep_running: theme == Theme::Light, keys };
        f.store.set_settings(&settings).unwrap();
        f = f.reopen();
        assert_eq!(f.store.settings().unwrap(), settings);
    }
    let settings = f.store.settings().unwrap();
    let nowhere = Settings { layout: 9, ..settings.clone() };
    assert!(matches!(f.store.set_settings(&nowhere), Err(StoreError::NotFound { .. })));
    assert_eq!(f.store.settings().unwrap(), settings);

    f.store.set_settings(&Settings { keys: BTreeMap::new(), ..settings }).unwrap();
    assert_eq!(f.reopen().store.settings().unwrap().keys, BTreeMap::new());
}

#[test]
fn shortcuts_beyond_their_limits_are_refused() {
    let mut f = Fixture::new();
    let before = f.store.settings().unwrap();
    let many = |count: u32| (0..count).map(|n| (n.to_string(), "x".to_owned())).collect();
    let (longest, too_long) = (shortcut(64, 32), [shortcut(65, 32), shortcut(64, 33)]);
    let bad = [shortcuts([("", "x")]), shortcuts([("a\nb", "x")]), shortcuts([("a", "\0")])];
    for keys in [many(201)].into_iter().chain(too_long).chain(bad) {
        let refused = f.store.set_settings(&Settings { keys, ..before.clone() });
        assert!(matches!(refused, Err(StoreError::Invalid { .. })));
    }
    let error = f.store.set_settings(&Settings { keys: many(201), ..before.clone() }).unwrap_err();
    assert_eq!(error.to_string(), "There can be 200 shortcuts of your own. Reset one first.");
    assert_eq!(f.store.settings().unwrap(), before);
    for keys in [many(200), longest] {
        f.store.set_settings(&Settings { keys, ..before.clone() }).unwrap();
    }
}

fn shortcuts<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(action, keys)| (action.to_owned(), keys.to_owned())).into()
}

fn shortcut(action: usize, keys: usize) -> BTreeMap<String, String> {
    shortcuts([(&"ü".repeat(action), &"ü".repeat(keys))])
}

#[tokio::test(start_paused = true)]
async fn backups_are_hourly_and_the_newest_24_are_kept() {
    let dir = TempDir::new().unwrap();
    // 22 November 2026, 10:15 UTC.
    let clock = Clock::simulated(WallTime(1_795_342_500_000_000));
    let hour = std::time::Duration::from_secs(3600);
    let (mut store, _) = Store::open(dir.path(), KeyKeeping::KeyFile, clock.clone()).unwrap();
    assert_eq!(store.last_backup(), None);
    let first = store.back_up().unwrap();
    assert_eq!(first, dir.path().join("backups/tessera-20261122T101500Z.sqlite"));
    for _ in 0..30 {
        tokio::time::advance(hour).await;
        assert!(store.back_up().unwrap().exists());
        assert_eq!(store.last_backup(), Some(clock.wall()));
    }
    let mut names: Vec<_> = std::fs::read_dir(dir.path().join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 24);
    assert_eq!(names[0], "tessera-20261122T171500Z.sqlite");

    // The clock is set back a year: a backup is due, and is not the one that is pruned.
    drop(store);
    let past = Clock::simulated(WallTime(1_763_806_500_000_000));
    let (mut store, _) = Store::open(dir.path(), KeyKeeping::KeyFile, past).unwrap();
    assert_eq!(store.last_backup(), None);
    assert!(store.back_up().unwrap().exists());
}
