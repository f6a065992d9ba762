//! The three things a process is killed at, and what must come out.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use media::Clock;
use rusqlite::Connection;
use store::{CameraSource, KeyKeeping, NewCamera, Notice, Store};
use tempfile::TempDir;

use super::model::{Change, Model, Random, Seen, seen};

#[derive(Debug, Default)]
pub struct Tally {
    pub kills: u32,
    pub lost: u32,
    pub mixed: u32,
    pub failed_opens: u32,
}

/// The version that this program makes.
const NEWEST: u32 = 9;

/// What went wrong in a round.
enum Fault {
    Lost(String),
    Mixed(String),
    FailedOpen(String),
}

pub fn run(kills: u32) -> Tally {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).unwrap();
    let mut random = Random(u64::from_ne_bytes(seed));

    // Migrating and restoring must be hit at their end, too, on a slow disk as on a fast one.
    let (old, broken) = (old_database(100), broken_database(&mut random));
    let migrating = time_of("migrate", old.dir.path());
    let restoring = time_of("restore", broken.dir.path());

    let mut tally = Tally::default();
    let mut written = Written { dir: TempDir::new().unwrap(), model: Model::default() };
    for round in 0..kills {
        tally.kills += 1;
        let (work, outcome) = match round % 4 {
            0 => ("write", written.round(&mut random, true)),
            1 => ("migrate", migrate(&mut random, migrating)),
            2 => ("write", written.round(&mut random, false)),
            _ => ("restore", restore(&mut random, restoring)),
        };
        let fault = match outcome {
            Ok(()) => continue,
            Err(Fault::Lost(fault)) => {
                tally.lost += 1;
                fault
            }
            Err(Fault::Mixed(fault)) => {
                tally.mixed += 1;
                fault
            }
            Err(Fault::FailedOpen(fault)) => {
                tally.failed_opens += 1;
                fault
            }
        };
        eprintln!("round {round} ({work}): {fault}");
        if work == "write" {
            written = Written { dir: TempDir::new().unwrap(), model: Model::default() };
        }
    }
    tally
}

/// Opens, says so, and where its work is to write goes on until it is killed,
/// saying before and after each change which it is.
pub fn child(work: &str, dir: &Path, seed: u64, cameras: u32) {
    let (mut store, _) = open(dir).unwrap();
    println!("open");
    if work != "write" {
        return;
    }
    for step in 0.. {
        println!("begin {step}");
        Change::nth(seed, step, cameras).make(&mut store);
        println!("done {step}");
    }
}

/// One database, written by one killed process after another.
struct Written {
    dir: TempDir,
    model: Model,
}

impl Written {
    fn round(&mut self, random: &mut Random, is_once_open: bool) -> Result<(), Fault> {
        let (seed, cameras) = (random.below(u64::MAX), self.model.ids());
        let delay = delay(random, Duration::from_millis(30));
        let said = kill("write", self.dir.path(), seed, cameras, delay, is_once_open);
        let count = |word: &str| said.iter().filter(|line| line.starts_with(word)).count();
        let (begun, done) = (count("begin"), count("done"));

        let (store, notices) = open(self.dir.path()).map_err(Fault::FailedOpen)?;
        let found = seen(&store).map_err(|error| Fault::FailedOpen(error.to_string()))?;
        let mut states = vec![self.model.clone()];
        for step in 0..begun as u64 {
            let mut next = states[step as usize].clone();
            next.apply(Change::nth(seed, step, cameras));
            states.push(next);
        }
        // The change in hand at the kill may be there or not; none before it may be missing.
        match states.iter().rposition(|state| state.seen() == found) {
            Some(at) if at >= done => self.model = states.swap_remove(at),
            Some(at) => {
                return Err(Fault::Lost(format!("{at} of {done} changes are there")));
            }
            None => return Err(Fault::Mixed(differences(&states[done].seen(), &found))),
        }
        if let Some(Notice(notice)) = notices.first() {
            return Err(Fault::Mixed(notice.clone()));
        }
        whole_backups(self.dir.path(), NEWEST).map(drop)
    }
}

/// A database of version 1 becomes one of a later version, whole, or stays.
fn migrate(random: &mut Random, takes: Duration) -> Result<(), Fault> {
    let Prepared { dir, expected, .. } = old_database(20 + random.below(200) as u32);
    kill("migrate", dir.path(), 0, 0, delay(random, takes), false);

    // As the kill left it, looked at in a copy, since looking changes it.
    let copy = copy_of(&dir.path().join("tessera.sqlite"));
    let db = Connection::open(copy.path().join("tessera.sqlite")).unwrap();
    let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u32>(0));
    let tables =
        number("select count(*) from sqlite_schema where name in ('layout', 'tile', 'settings')");
    let asides = number(
        "select count(*) from sqlite_schema where name like '%_anew' or name like '%_aside'",
    );
    if asides.unwrap() != 0 {
        return Err(Fault::Mixed("a table that stood aside is still there".to_owned()));
    }
    // Version 3 brought the first, version 4 the second, and so on.
    let columns = number(
        "select (select count(*) from pragma_table_info('camera') where name = 'transport')
              + (select count(*) from pragma_table_info('layout') where name = 'spot')
              + (select count(*) from pragma_table_info('recording_plan') where name = 'week')
              + (select count(*) from pragma_table_info('bookmark') where name = 'note')
              + (select count(*) from pragma_table_info('motion') where name = 'mode')
              + (select count(*) from pragma_table_info('reviewed') where name = 'at_us')
              + (select count(*) from pragma_table_info('track') where name = 'places')",
    );
    let version = number("pragma user_version").unwrap();
    if columns.unwrap() != version.saturating_sub(2) {
        return Err(Fault::Mixed(format!("version {version} with another's columns")));
    }
    match (version, tables.unwrap()) {
        (1, 0) => {}
        (2..=NEWEST, 3)
            if number("select count(*) from layout").unwrap() == 2
                && number("select count(*) from settings").unwrap() == 1 => {}
        (version, tables) => {
            return Err(Fault::Mixed(format!("version {version} with {tables} new tables")));
        }
    }
    whole_backups(dir.path(), 1)?;

    let (store, notices) = open(dir.path()).map_err(Fault::FailedOpen)?;
    if let Some(Notice(notice)) = notices.first() {
        return Err(Fault::Mixed(notice.clone()));
    }
    expect(&store, &expected)?;
    let layouts = store.layouts().map_err(|error| Fault::FailedOpen(error.to_string()))?;
    if layouts.len() != 2 {
        return Err(Fault::Mixed(format!("{} layouts", layouts.len())));
    }
    Ok(())
}

/// A broken database is replaced by its backup.
fn restore(random: &mut Random, takes: Duration) -> Result<(), Fault> {
    let Prepared { dir, expected, is_there } = broken_database(random);
    kill("restore", dir.path(), 0, 0, delay(random, takes), false);

    let (mut store, _) = open(dir.path()).map_err(Fault::FailedOpen)?;
    expect(&store, &expected)?;
    let kept = files_below(&dir.path().join("damaged"));
    if is_there && !kept.iter().any(|it| it.ends_with("tessera.sqlite")) {
        return Err(Fault::Lost("the damaged file is gone".into()));
    }
    let next = NewCamera { name: "Next".into(), source: CameraSource::Demo };
    match store.add_camera(&next) {
        Ok(camera) if camera.id.0 > 4096 => Ok(()),
        Ok(camera) => Err(Fault::Mixed(format!("{} was perhaps given before", camera.id))),
        Err(error) => Err(Fault::FailedOpen(error.to_string())),
    }
}

/// A data directory, and what is to be seen once it was opened.
struct Prepared {
    dir: TempDir,
    expected: Seen,
    /// Whether there is anything under the database's name.
    is_there: bool,
}

fn old_database(cameras: u32) -> Prepared {
    let dir = TempDir::new().unwrap();
    let mut old = Connection::open(dir.path().join("tessera.sqlite")).unwrap();
    old.execute_batch("pragma journal_mode = wal").unwrap();
    old.execute_batch(include_str!("../../migrations/0001_cameras.sql")).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    let mut expected = Vec::new();
    let transaction = old.transaction().unwrap();
    for id in 1..=cameras {
        let name = format!("Camera {id}");
        let sql = "insert into camera (number, name, source, added_us) values (?, ?, 'demo', 0)";
        transaction.execute(sql, (id, &name)).unwrap();
        expected.push((id, id, name, None));
    }
    transaction.commit().unwrap();
    Prepared { dir, expected, is_there: true }
}

fn broken_database(random: &mut Random) -> Prepared {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("tessera.sqlite");
    let mut store = open(dir.path()).unwrap().0;
    for step in 0..20 {
        Change::nth(7, step, 8).make(&mut store);
    }
    let expected = seen(&store).unwrap();
    store.back_up().unwrap();
    Change::Add { name: "After the backup".into() }.make(&mut store);
    drop(store);

    let mut bytes = fs::read(&path).unwrap();
    let way = random.below(3);
    match way {
        0 => fs::remove_file(&path).unwrap(),
        // The last pages may be free ones, with which nothing is lost.
        1 => fs::write(&path, &bytes[..random.below(bytes.len() as u64 / 2) as usize]).unwrap(),
        _ => {
            bytes[..4096].fill(0x5a);
            fs::write(&path, bytes).unwrap();
        }
    }
    Prepared { dir, expected, is_there: way != 0 }
}

/// How long the work takes when nobody is killed.
fn time_of(work: &str, dir: &Path) -> Duration {
    let begun = Instant::now();
    child_process(work, dir, 0, 0).wait().unwrap();
    begun.elapsed()
}

fn delay(random: &mut Random, limit: Duration) -> Duration {
    Duration::from_micros(random.below(limit.as_micros() as u64))
}

/// Starts a process, kills it and returns what it said.
fn kill(
    work: &str,
    dir: &Path,
    seed: u64,
    cameras: u32,
    delay: Duration,
    is_once_open: bool,
) -> Vec<String> {
    let mut process = child_process(work, dir, seed, cameras);
    let mut said = String::new();
    let mut out = BufReader::new(process.stdout.take().unwrap());
    if is_once_open {
        out.read_line(&mut said).unwrap();
    }
    std::thread::sleep(delay);
    process.kill().unwrap();
    process.wait().unwrap();
    out.read_to_string(&mut said).unwrap();
    // A line cut short was not said.
    let whole = said.rfind('\n').map_or("", |end| &said[..end]);
    whole.lines().map(str::to_owned).collect()
}

fn child_process(work: &str, dir: &Path, seed: u64, cameras: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", work, &dir.display().to_string(), &seed.to_string(), &cameras.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn open(dir: &Path) -> Result<(Store, Vec<Notice>), String> {
    Store::open(dir, KeyKeeping::KeyFile, Clock::system()).map_err(|error| error.to_string())
}

fn expect(store: &Store, expected: &Seen) -> Result<(), Fault> {
    let found = seen(store).map_err(|error| Fault::FailedOpen(error.to_string()))?;
    if found == *expected { Ok(()) } else { Err(Fault::Lost(differences(expected, &found))) }
}

fn differences(expected: &Seen, found: &Seen) -> String {
    let missing: Vec<_> = expected.iter().filter(|it| !found.contains(it)).collect();
    let unexpected: Vec<_> = found.iter().filter(|it| !expected.contains(it)).collect();
    format!("missing {missing:?}, unexpected {unexpected:?}")
}

/// Every file that bears a backup's name is one, and of `version`.
fn whole_backups(dir: &Path, version: u32) -> Result<(), Fault> {
    for path in files_below(&dir.join("backups")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("unfinished") {
            continue;
        }
        let report = Connection::open(&path).and_then(|db| {
            let report: String = db.query_row("pragma integrity_check", [], |row| row.get(0))?;
            let found: u32 = db.query_row("pragma user_version", [], |row| row.get(0))?;
            Ok(format!("{report}, version {found}"))
        });
        let report = report.unwrap_or_else(|error| error.to_string());
        if report != format!("ok, version {version}") {
            return Err(Fault::Mixed(format!("{name}: {report}")));
        }
    }
    Ok(())
}

fn copy_of(database: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("tessera.sqlite{suffix}");
        let from = database.with_file_name(&name);
        if from.exists() {
            fs::copy(from, copy.path().join(name)).unwrap();
        }
    }
    copy
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
