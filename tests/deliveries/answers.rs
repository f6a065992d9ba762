//! Viewers that answer nothing, everything twice, slowly, or do not even read:
//! the engine keeps little for them, and others notice nothing.

use std::time::Duration;

use anyhow::Result;
use protocol::{Delivery, MAX_UNITS_IN_FLIGHT, MediaHeader, Request, StreamAddress};
use testkit::{Figure, Place, RawSession, Server, Usage, Viewer, door, measure_for, until};

use super::viewer::{ALL, AnsweringViewer, Answers, Came, name};
use crate::sight::{self, RATE, SOON, TILES};

/// What the engine may keep for such a viewer, in mebibytes.
const MOST: f64 = 16.0;

/// Units from one key frame of the demo to the next.
const GOP: usize = 25;

/// A demo with somebody who watches it as it should be.
struct Watched {
    /// Its directories.
    _place: Place,
    data: Place,
    server: Server,
    streams: Vec<StreamAddress>,
    bystanders: [AnsweringViewer; 2],
    screen: Viewer,
}

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 6 } else { 30 });
    let watched = Watched::start().await?;
    let mut figures = Vec::new();
    for delivery in ALL {
        figures.extend(watched.never(delivery, time).await?);
        figures.extend(watched.twice(delivery, time).await?);
    }
    figures.extend(watched.slowly(time).await?);
    for delivery in ALL {
        figures.push(watched.deaf(delivery, time).await?);
    }
    let Watched { server, bystanders, screen, .. } = watched;
    let stayed = bystanders.iter().all(AnsweringViewer::is_on) && screen.is_on();
    figures.push(Figure::holds("deliveries/others-stayed", stayed));
    drop((bystanders, screen));
    server.end().await?;
    Ok(figures)
}

impl Watched {
    async fn start() -> Result<Self> {
        let place = Place::new()?;
        let data = Place::new()?;
        let server = Server::start(&place, data.path(), &["--demo"]).await?;
        let client = server.client().await?;
        let streams = sight::grid_streams(client.snapshot());
        let screen = Viewer::watch(client, &streams).await?;
        let [units, files] = [Delivery::Encoded, Delivery::Jpeg];
        let mut bystanders = Vec::new();
        for delivery in [units, files] {
            bystanders.push(watch(&server, &streams, delivery, Answers::Once).await?);
        }
        let Ok(bystanders) = <[_; 2]>::try_from(bystanders) else { unreachable!("of two") };
        let it = Self { _place: place, data, server, streams, bystanders, screen };
        until(SOON, "pictures for everybody", async || {
            Ok(it.counts().iter().all(|count| *count > 10 * TILES as u64).then_some(()))
        })
        .await?;
        Ok(it)
    }

    /// What everybody has had.
    fn counts(&self) -> [u64; 3] {
        let [units, files] = &self.bystanders;
        let screen = (1..).take(TILES).map(|it| self.screen.taken(it)).sum();
        [units.count() as u64, files.count() as u64, screen]
    }

    /// Lets `time` pass; by how many mebibytes the engine grew at most, and the
    /// least rate of the others.
    async fn meanwhile(&self, base: u64, time: Duration) -> Result<(f64, f64)> {
        let before = self.counts();
        let passing = async {
            measure_for(time).await;
            Ok(())
        };
        let ((), peak) = Usage::peak_memory(self.server.process().id(), passing).await?;
        let after = self.counts();
        let rates = before
            .iter()
            .zip(&after)
            .map(|(before, after)| (after - before) as f64 / time.as_secs_f64() / TILES as f64);
        Ok((mebibytes(peak.saturating_sub(base)), rates.fold(f64::INFINITY, f64::min)))
    }

    fn memory(&self) -> Result<u64> {
        Ok(Usage::of(self.server.process().id())?.memory)
    }

    async fn never(&self, delivery: Delivery, time: Duration) -> Result<Vec<Figure>> {
        let base = self.memory()?;
        let viewer = watch(&self.server, &self.streams, delivery, Answers::Never).await?;
        let (grown, rate) = self.meanwhile(base, time).await?;
        let most = (1..).take(TILES).map(|it| viewer.came(it).len()).max().unwrap_or(0);
        let bound = match delivery {
            Delivery::Encoded => GOP + MAX_UNITS_IN_FLIGHT,
            Delivery::Planes | Delivery::Jpeg => 1,
        };
        let name = |what: &str| format!("deliveries/{}/never/{what}", name(delivery));
        Ok(vec![
            Figure::at_least(name("came"), most as f64, "a tile", 1.0),
            Figure::at_most(name("sent"), most as f64, "a tile", bound as f64),
            Figure::at_most(name("memory"), grown, "MiB", MOST),
            Figure::holds(name("stayed"), viewer.is_on()),
            Figure::at_least(name("others"), rate, "pictures/s", 0.95 * RATE).speed(),
        ])
    }

    async fn twice(&self, delivery: Delivery, time: Duration) -> Result<Vec<Figure>> {
        let base = self.memory()?;
        let viewer = watch(&self.server, &self.streams, delivery, Answers::Twice).await?;
        let (grown, rate) = self.meanwhile(base, time).await?;
        let own = viewer.count() as f64 / time.as_secs_f64() / TILES as f64;
        let disorder = (1..).take(TILES).map(|it| disorder(&viewer.came(it))).sum::<usize>();
        let name = |what: &str| format!("deliveries/{}/twice/{what}", name(delivery));
        Ok(vec![
            Figure::at_least(name("rate"), own, "pictures/s", 0.9 * RATE).speed(),
            Figure::exactly(name("out-of-order"), disorder as f64, "pictures", 0.0),
            Figure::at_most(name("memory"), grown, "MiB", MOST),
            Figure::holds(name("stayed"), viewer.is_on()),
            Figure::at_least(name("others"), rate, "pictures/s", 0.95 * RATE).speed(),
        ])
    }

    /// One that takes units and is done with them ever so late: it skips to key
    /// frames, and what it is sent is never old.
    async fn slowly(&self, time: Duration) -> Result<Vec<Figure>> {
        let answers = Answers::Slowly(Duration::from_millis(1500));
        let viewer = watch(&self.server, &self.streams, Delivery::Encoded, answers).await?;
        measure_for(time).await;
        let mut skips = 0;
        let mut wrong = 0;
        for subscription in (1..).take(TILES) {
            for pair in viewer.came(subscription).windows(2) {
                let [one, next] = [pair[0].header, pair[1].header];
                if next.sequence != one.sequence.wrapping_add(1) {
                    skips += 1;
                    let flags = MediaHeader::KEY | MediaHeader::AFTER_GAP;
                    wrong += usize::from(next.flags & flags != flags);
                }
            }
        }
        let unheld = viewer.count() as f64 / time.as_secs_f64() / TILES as f64;
        Ok(vec![
            Figure::at_least("deliveries/slowly/skips", f64::from(skips), "skips", TILES as f64),
            Figure::exactly("deliveries/slowly/undecodable", wrong as f64, "skips", 0.0),
            Figure::at_most("deliveries/slowly/rate", unheld, "units/s", 0.95 * RATE),
            Figure::holds("deliveries/slowly/stayed", viewer.is_on()),
        ])
    }

    /// One that reads nothing at all.
    async fn deaf(&self, delivery: Delivery, time: Duration) -> Result<Figure> {
        let base = self.memory()?;
        let mut session = RawSession::enter(&door(self.data.path()).await?).await?;
        for (subscription, stream) in (1..).zip(&self.streams) {
            let request = Request::Subscribe {
                subscription,
                stream: stream.clone(),
                width: 640,
                height: 360,
                accepts: vec![delivery],
                codecs: None,
                playback: None,
            };
            session.say(serde_json::to_string(&request)?).await?;
        }
        let (grown, _) = self.meanwhile(base, time).await?;
        let name = format!("deliveries/{}/deaf/memory", name(delivery));
        Ok(Figure::at_most(name, grown, "MiB", MOST))
    }
}

async fn watch(
    server: &Server,
    streams: &[StreamAddress],
    delivery: Delivery,
    answers: Answers,
) -> Result<AnsweringViewer> {
    AnsweringViewer::watch(server.client().await?, streams, &[delivery], answers).await
}

fn disorder(came: &[Came]) -> usize {
    came.windows(2).filter(|pair| pair[1].header.sequence <= pair[0].header.sequence).count()
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
