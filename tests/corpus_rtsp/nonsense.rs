//! What no camera would say, in place of everything a camera says. Each case
//! must end in a sentence or in pictures, and soon.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use protocol::{
    CameraAddress, Command, NewCamera, Reply, StreamAddress, StreamRole, StreamState, Transport,
};
use testkit::CameraCodec::{H264, H265};
use testkit::{CameraCodec, Figure, UnitViewer, said_sentence, until};

use super::answer::Answer;
use super::elementary::Pictures;
use super::packets::{Packets, Source};
use super::scripted::{Between, Script, Scripted, description};
use crate::cameras::{Site, is_live, source};

/// Cases at once.
const BATCH: usize = 32;

/// Of so many files of a kind, one in the short form.
const SAMPLE: usize = 20;

/// Seconds from the wish for a stream.
const MAX_ENDING: f64 = 10.0;

/// Beyond which nobody waits.
const LIMIT: Duration = Duration::from_secs(30);

/// One file in one place.
struct Case {
    name: String,
    script: Script,
}

/// How one ended.
struct End {
    after: Duration,
    /// What was wrong with it.
    wrong: Option<String>,
}

pub async fn run(
    site: &Site,
    scripted: &Scripted,
    pictures: &Pictures,
    folder: &Path,
    short: bool,
) -> Result<Vec<Figure>> {
    let cases = cases(&folder.join("malformed/rtsp_rtp_fuzz"), pictures, short)?;
    let mut slowest = Duration::ZERO;
    let mut wrong = Vec::new();
    for (number, batch) in cases.chunks(BATCH).enumerate() {
        eprintln!("corpus-rtsp: {} of {} cases", number * BATCH, cases.len());
        for end in hold(site, scripted, batch).await? {
            slowest = slowest.max(end.after);
            wrong.extend(end.wrong);
        }
    }
    for wrong in &wrong {
        eprintln!("corpus-rtsp: {wrong}");
    }
    Ok(vec![
        Figure::at_least("corpus-rtsp/nonsense/cases", cases.len() as f64, "cases", 1.0),
        Figure::exactly("corpus-rtsp/nonsense/wrong", wrong.len() as f64, "cases", 0.0)
            .noted(wrong.join("; ")),
        Figure::at_most("corpus-rtsp/nonsense/slowest", slowest.as_secs_f64(), "s", MAX_ENDING),
    ])
}

/// Watches a camera for each case until all ended, and removes them.
async fn hold(site: &Site, scripted: &Scripted, batch: &[Case]) -> Result<Vec<End>> {
    let mut client = site.server.client().await?;
    let mut cameras: Vec<CameraAddress> = Vec::new();
    for case in batch {
        let main = scripted.add(&case.name, case.script.clone());
        let camera = NewCamera {
            name: case.name.clone(),
            source: source(main, None, Transport::Tcp),
            login: None,
        };
        let Reply::Camera { camera } = client.command(Command::AddCamera { camera }).await? else {
            bail!("the engine answered something else");
        };
        cameras.push(camera.address);
    }
    let stream =
        |camera: &CameraAddress| StreamAddress { camera: camera.clone(), role: StreamRole::Main };
    let streams: Vec<_> = cameras.iter().map(stream).collect();
    let begin = Instant::now();
    let viewer = UnitViewer::watch(site.server.client().await?, &streams).await?;
    let mut ends: HashMap<usize, End> = HashMap::new();
    let all = until(LIMIT, "the end of every case", async || {
        for (index, case) in batch.iter().enumerate() {
            if ends.contains_key(&index) || !scripted.is_done(&case.name) {
                continue;
            }
            let states = viewer.states(index).into_iter().filter(|(at, _)| *at >= begin);
            if let Some(judged) = states.filter_map(|(_, state)| judge(&state)).next_back() {
                let wrong = judged.err().map(|error| format!("{}: {error:#}", case.name));
                ends.insert(index, End { after: begin.elapsed(), wrong });
            }
        }
        Ok((ends.len() == batch.len()).then_some(()))
    })
    .await;
    if all.is_err() {
        for (index, case) in batch.iter().enumerate() {
            ends.entry(index).or_insert_with(|| End {
                after: begin.elapsed(),
                wrong: Some(format!("{}: it is still {:?}", case.name, viewer.state(index))),
            });
        }
    }
    for camera in cameras {
        client.command(Command::RemoveCamera { camera }).await?;
    }
    Ok(ends.into_values().collect())
}

/// Whether a state is one to end in, and what is wrong with its sentence.
fn judge(state: &StreamState) -> Option<Result<()>> {
    match state {
        state if is_live(state) => Some(Ok(())),
        StreamState::Lost { failure, .. }
        | StreamState::AuthFailed { failure, .. }
        | StreamState::Unsupported { failure, .. } => {
            Some(said_sentence(&failure.message).map(drop))
        }
        _ => None,
    }
}

/// All files, in all places that they are for.
fn cases(folder: &Path, pictures: &Pictures, short: bool) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for kind in sorted(folder)? {
        let name = kind.file_name().and_then(|name| name.to_str()).context("a name in UTF-8")?;
        let step = if short { SAMPLE } else { 1 };
        for (number, file) in sorted(&kind)?.into_iter().enumerate().step_by(step) {
            let bytes = fs::read(&file)?;
            for (place, script) in scripts(name, &bytes, pictures) {
                cases.push(Case { name: format!("{name}-{place}-{number}"), script });
            }
        }
    }
    Ok(cases)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths = read.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Where the bytes of a kind of file may stand, by the parser they are for.
fn scripts(kind: &str, bytes: &[u8], pictures: &Pictures) -> Vec<(&'static str, Script)> {
    let (parser, target) = kind.split_once("__").unwrap_or((kind, ""));
    let good = || Script { packets: Some(h264(pictures)), ..Script::default() };
    let answers =
        |method, answer| Script { answers: HashMap::from([(method, vec![answer])]), ..good() };
    let set_up = || Answer::ok().with("Session", "12345678");
    let plain = "RTP/AVP/TCP;unicast;interleaved=0-1";
    match (parser, target) {
        ("base", _) => {
            // Also as the body that an answer announces, and after a good session.
            let raw = Script { raw: Some(bytes.to_vec()), ..Script::default() };
            let later = Script { between: vec![Between::Bytes(bytes.to_vec())], ..good() };
            vec![("answer", raw), ("later", later)]
        }
        ("description" | "sdpunmarshaler", _) => {
            vec![("body", answers("DESCRIBE", Answer::describing(bytes)))]
        }
        ("format", "FuzzUnmarshal") => {
            let media = String::from_utf8_lossy(bytes);
            vec![("media", answers("DESCRIBE", Answer::describing(description(&media))))]
        }
        ("format", "FuzzH264PTSEqualsDTS") | ("format_rtph264", _) => {
            vec![("payload", within(parser, bytes, H264, pictures))]
        }
        ("format", _) | ("format_rtph265", _) => {
            vec![("payload", within(parser, bytes, H265, pictures))]
        }
        ("format_rtpmjpeg", _) => {
            let media = "m=video 0 RTP/AVP 26\r\na=control:trackID=0\r\n";
            let answers =
                HashMap::from([("DESCRIBE", vec![Answer::describing(description(media))])]);
            let between = payloads(parser, bytes).into_iter().map(Between::Payload);
            vec![("payload", Script { answers, between: between.collect(), ..Script::default() })]
        }
        ("format_rtpmpeg4audio", _) => {
            let media = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n\
                m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/48000/2\r\na=control:trackID=1\r\n\
                a=fmtp:97 profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;\
                indexdeltalength=3;config=1190\r\n";
            let mut source = Source { kind: 97, ssrc: 0xa0d10, ..Source::default() };
            let sound = payloads(parser, bytes).into_iter();
            let sound = sound.map(|it| Between::Sound(source.packet(&it, true))).collect();
            let described = answers("DESCRIBE", Answer::describing(description(media)));
            vec![("sound", Script { between: sound, ..described })]
        }
        (other, _) if other.starts_with("format_rtp") => {
            let codec = other.trim_start_matches("format_rtp").to_uppercase();
            // Beside a video that is known, and as the only one.
            let known = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n";
            let unknown = format!(
                "m=video 0 RTP/AVP 98\r\na=rtpmap:98 {codec}/90000\r\na=control:trackID=1\r\n"
            );
            let both = description(&format!("{known}{unknown}"));
            let beside = answers("DESCRIBE", Answer::describing(both));
            let between = records(bytes).into_iter().map(Between::Nobodys).collect();
            let alone = answers("DESCRIBE", Answer::describing(description(&unknown)));
            vec![
                ("beside", Script { between, ..beside }),
                ("alone", alone),
                ("as-h264", within(parser, bytes, H264, pictures)),
            ]
        }
        ("headers", "FuzzSessionUnmarshal") => {
            let setup = Answer::ok().with("Transport", plain).with("Session", bytes);
            vec![
                ("setup", answers("SETUP", setup)),
                ("play", answers("PLAY", Answer::ok().with("Session", bytes))),
            ]
        }
        ("headers", "FuzzTransportsUnmarshal") => {
            vec![("setup", answers("SETUP", set_up().with("Transport", bytes)))]
        }
        ("headers", "FuzzRangeUnmarshal") => vec![
            ("range", answers("PLAY", set_up().with("Range", bytes))),
            ("rtp-info", answers("PLAY", set_up().with("RTP-Info", bytes))),
        ],
        ("headers", "FuzzAuthenticateUnmarshal" | "FuzzAuthorizationUnmarshal") => {
            let refusal = Answer::ok().status("RTSP/1.0 401 Unauthorized");
            let refusal = refusal.with("WWW-Authenticate", bytes);
            vec![("challenge", Script { unauthorized: Some(refusal), ..good() })]
        }
        ("headers", _) => {
            let described = Answer::describing(super::scripted::usual_description());
            vec![("describe", answers("DESCRIBE", described.with("KeyMgmt", bytes)))]
        }
        ("mikey", _) => {
            let key = BASE64_STANDARD.encode(bytes);
            let sdp = super::scripted::usual_description();
            let sdp = format!("{sdp}a=key-mgmt:mikey {key}\r\n");
            vec![("key-mgmt", answers("DESCRIBE", Answer::describing(sdp)))]
        }
        // RTCP.
        _ => vec![("report", Script { between: vec![Between::Report(bytes.to_vec())], ..good() })],
    }
}

fn h264(pictures: &Pictures) -> Packets {
    Packets::new(H264, pictures.whole(H264), Source::default())
}

/// Payloads, and then the packets as they are, within good ones.
fn within(parser: &str, bytes: &[u8], codec: CameraCodec, pictures: &Pictures) -> Script {
    let media = format!(
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 {}/90000\r\na=control:trackID=0\r\n",
        codec.name().to_uppercase()
    );
    let described = Answer::describing(description(&media));
    let payloads = payloads(parser, bytes).into_iter().map(Between::Payload);
    // Packets are in files of `format_rtp…` only.
    let packets = if parser == "format" { Vec::new() } else { records(bytes) };
    Script {
        answers: HashMap::from([("DESCRIBE", vec![described])]),
        packets: Some(Packets::new(codec, pictures.whole(codec), Source::default())),
        between: payloads.chain(packets.into_iter().map(Between::Packet)).collect(),
        ..Script::default()
    }
}

/// The payloads in a file: each file of `format` is one; others hold packets.
fn payloads(parser: &str, bytes: &[u8]) -> Vec<Vec<u8>> {
    if parser == "format" {
        return vec![bytes.to_vec()];
    }
    let packets = records(bytes).into_iter();
    packets.filter_map(|packet| Some(packet.get(12..)?.to_vec())).collect()
}

/// The packets in a file, each behind its length.
fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        let (record, after) = rest.split_at(length.min(rest.len()));
        records.push(record.to_vec());
        bytes = after;
    }
    records
}
