//! Every recorded camera is tried as the form for a new camera does, and read
//! as it should be.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use futures_util::future::try_join_all;
use protocol::{Command, FailureCode, Login, Probe, Reply, Sensitive, Transport};
use testkit::{Figure, said_sentence};

use super::answer::Answer;
use super::elementary::Pictures;
use super::packets::Packets;
use super::recorded::{ALL, Recorded};
use super::scripted::{Script, Scripted};
use crate::cameras::Site;

/// What retina asks, recorded by it as well; no answer of a camera.
const REQUEST: &str = "request.txt";

pub async fn run(
    site: &Site,
    scripted: &Scripted,
    pictures: &Pictures,
    folder: &Path,
) -> Result<Vec<Figure>> {
    let folder = folder.join("protocol/rtsp/retina");
    let probes = ALL.iter().map(|recorded| read(site, scripted, pictures, &folder, recorded));
    let wrong: Vec<String> = try_join_all(probes).await?.into_iter().flatten().collect();
    for wrong in &wrong {
        eprintln!("corpus-rtsp: {wrong}");
    }

    // A login that is missing, and a camera that asks instead of answering.
    let refusal = Answer::recorded(&folder.join("longse_unauthorized.txt"))?;
    let locked = Script { unauthorized: Some(refusal), ..Script::default() };
    let locked = probe(site, scripted.add("longse-locked", locked), Transport::Tcp, None).await?;
    let asks = Script { raw: Some(fs::read(folder.join(REQUEST))?), ..Script::default() };
    let asks = probe(site, scripted.add("asks", asks), Transport::Tcp, None).await?;
    let is_refused = matches!(&locked, Err(it) if it.code == FailureCode::LoginRefused
        && said_sentence(&it.message).is_ok());
    let is_said = matches!(&asks, Err(it) if said_sentence(&it.message).is_ok());
    let forgotten = forgotten(&folder)?;
    Ok(vec![
        Figure::exactly(
            "corpus-rtsp/recorded/read-right",
            (ALL.len() - wrong.len()) as f64,
            "cameras",
            ALL.len() as f64,
        )
        .noted(wrong.join("; ")),
        Figure::holds("corpus-rtsp/recorded/login-asked-for", is_refused)
            .noted(format!("{:?}", locked.err())),
        Figure::holds("corpus-rtsp/recorded/request-is-no-answer", is_said)
            .noted(format!("{:?}", asks.err())),
        Figure::exactly("corpus-rtsp/recorded/unused", forgotten.len() as f64, "files", 0.0)
            .noted(forgotten.join(", ")),
    ])
}

/// Tries one; what is wrong with the reading, if anything.
async fn read(
    site: &Site,
    scripted: &Scripted,
    pictures: &Pictures,
    folder: &Path,
    recorded: &Recorded,
) -> Result<Option<String>> {
    let address = scripted.add(recorded.name, script(pictures, folder, recorded)?);
    let transport = if recorded.is_udp { Transport::Udp } else { Transport::Tcp };
    let login = recorded.unauthorized.map(|_| {
        let password = Sensitive("corpus".to_owned());
        Login { user: "corpus".to_owned(), password }
    });
    let wanted = (
        // FFmpeg calls the format otherwise than the container.
        recorded.codec.name().replace("h265", "hevc"),
        recorded.size.0,
        recorded.size.1,
        recorded.sound.map(str::to_owned),
    );
    let found = match probe(site, address, transport, login).await? {
        Ok(probe) => {
            let main = probe.main;
            let found = (main.codec, main.width, main.height, main.audio);
            // Twenty-five a second are sent.
            if found == wanted && main.rate.is_some_and(|rate| (20.0..30.0).contains(&rate)) {
                return Ok(None);
            }
            format!("{found:?} at {:?}/s", main.rate)
        }
        Err(failure) => failure.message,
    };
    Ok(Some(format!("{}: {found} instead of {wanted:?}", recorded.name)))
}

fn script(pictures: &Pictures, folder: &Path, recorded: &Recorded) -> Result<Script> {
    let mut answers = HashMap::new();
    let mut has_sets = false;
    if let Some(name) = recorded.describe {
        let path = folder.join(name);
        let answer = match name.strip_suffix("_sdp.txt") {
            Some(_) => Answer::describing(fs::read(&path)?),
            None => Answer::recorded(&path)?,
        };
        has_sets = String::from_utf8_lossy(answer.body()).contains("sprop-");
        answers.insert("DESCRIBE", vec![answer]);
    }
    let recording = |name: &&str| Answer::recorded(&folder.join(name));
    if !recorded.setups.is_empty() {
        let setups = recorded.setups.iter().map(recording).collect::<Result<_>>()?;
        answers.insert("SETUP", setups);
    }
    for (method, name) in recorded.others.iter().chain(&recorded.play.map(|name| ("PLAY", name))) {
        answers.insert(method, vec![recording(name)?]);
    }
    let codec = recorded.codec;
    let units = if has_sets { pictures.bare(codec) } else { pictures.whole(codec) };
    Ok(Script {
        answers,
        unauthorized: recorded.unauthorized.as_ref().map(recording).transpose()?,
        packets: Some(Packets::new(codec, units, recorded.source())),
        ..Script::default()
    })
}

/// In a session of its own: a session waits for each of its commands.
async fn probe(
    site: &Site,
    address: String,
    transport: Transport,
    login: Option<Login>,
) -> Result<Result<Probe, protocol::Failure>> {
    let mut client = site.server.client().await?;
    let command = Command::ProbeCamera { address, transport, login, camera: None };
    match client.command(command).await {
        Ok(Reply::Probe { probe }) => Ok(Ok(*probe)),
        Ok(other) => bail!("asked for a probe, got {other:?}"),
        Err(link::LinkError::Refused(failure)) => Ok(Err(failure)),
        Err(error) => Err(error.into()),
    }
}

/// Recordings that nothing here uses.
fn forgotten(folder: &Path) -> Result<Vec<String>> {
    let used = ALL.iter().flat_map(|it| {
        let others = it.others.iter().map(|(_, name)| *name);
        let all = it.describe.into_iter().chain(it.play).chain(it.unauthorized).chain(others);
        all.chain(it.setups.iter().copied()).collect::<Vec<_>>()
    });
    let used: BTreeSet<&str> = used.chain([REQUEST]).collect();
    let mut forgotten = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".txt") && !used.contains(name.as_str()) {
            forgotten.push(name);
        }
    }
    Ok(forgotten)
}
