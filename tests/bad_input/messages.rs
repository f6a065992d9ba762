//! Messages no viewer of ours would send, and a clip that is none. Each ends
//! its own session and no other.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use link::{Client, Event};
use protocol::{
    CameraSource, Command, Delivery, MAX_REQUEST_BYTES, Message, NewCamera, Reply, Request,
    StreamAddress, StreamRole, StreamState, Update,
};
use testkit::{Figure, Place, RawSession, Server, Viewer, door};

use super::sentence;
use crate::sight;

const LIMIT: Duration = Duration::from_secs(10);

pub async fn run() -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let data = Place::new()?;
    let server = Server::start(&place, data.path(), &["--demo"]).await?;
    let client = server.client().await?;
    let streams = sight::grid_streams(client.snapshot());
    let bystander = Viewer::watch(client, &streams).await?;
    let way_in = door(data.path()).await?;

    let nested = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let long = format!(r#"{{"kind":"statistics","text":"{}"}}"#, "x".repeat(MAX_REQUEST_BYTES));
    let texts = [
        ("not-json", "hello, is anybody there?".to_owned()),
        ("nothing", String::new()),
        ("unknown-kind", r#"{"kind":"formatDisk"}"#.to_owned()),
        ("missing-field", r#"{"kind":"acknowledge","subscription":1}"#.to_owned()),
        ("wrong-type", r#"{"kind":"unsubscribe","subscription":"one"}"#.to_owned()),
        ("number-too-large", r#"{"kind":"unsubscribe","subscription":4294967296}"#.to_owned()),
        ("second-hello", r#"{"kind":"hello","version":1,"ticket":"x"}"#.to_owned()),
        ("nested", nested),
        ("oversize", long),
    ];
    let mut figures = Vec::new();
    for (name, text) in texts {
        let mut session = RawSession::enter(&way_in).await?;
        let said = async {
            session.say(text).await?;
            reason(&mut session).await
        };
        figures.push(sentence(name, said.await));
    }
    let mut session = RawSession::enter(&way_in).await?;
    let said = async {
        session.say_bytes(vec![1; 64]).await?;
        reason(&mut session).await
    };
    figures.push(sentence("binary", said.await));
    let mut session = RawSession::open(&way_in).await?;
    let said = async {
        session.say(r#"{"kind":"hello","version":1,"ticket":"guessed"}"#).await?;
        reason(&mut session).await
    };
    figures.push(sentence("guessed-ticket", said.await));
    let foreign = RawSession::open_from(&way_in, "http://example.org").await;
    figures.push(Figure::holds("bad-input/foreign-origin-refused", foreign.is_err()));

    figures.push(sentence("clip-is-a-text", text_file(&server, &place).await));
    let before = bystander.taken(1);
    let goes_on = async || Ok((bystander.taken(1) > before + 10).then_some(()));
    let goes_on = testkit::until(LIMIT, "pictures", goes_on).await.is_ok();
    figures.push(Figure::holds("bad-input/others-untouched", bystander.is_on() && goes_on));
    server.end().await?;
    Ok(figures)
}

async fn reason(session: &mut RawSession) -> Result<String> {
    let failure = session.end(LIMIT).await?.context("the session ended without a reason")?;
    testkit::said_sentence(&failure.message)
}

/// Either the camera is refused, or its tile says what is wrong.
async fn text_file(server: &Server, place: &Place) -> Result<String> {
    let path = place.join("letter.mp4");
    fs::write(&path, "Dear camera,\n".repeat(1000))?;
    let path = path.to_str().context("a path in UTF-8")?.to_owned();
    let mut client = server.client().await?;
    let source = CameraSource::File { path };
    let camera = NewCamera { name: "Letter".to_owned(), source, login: None };
    let stream = match client.command(Command::AddCamera { camera }).await {
        Ok(Reply::Camera { camera }) => {
            StreamAddress { camera: camera.address, role: StreamRole::Main }
        }
        Ok(other) => bail!("added a camera, got {other:?}"),
        Err(link::LinkError::Refused(failure)) => {
            return testkit::said_sentence(&failure.message);
        }
        Err(error) => return Err(error.into()),
    };
    let subscribe = Request::Subscribe {
        subscription: 1,
        stream: stream.clone(),
        width: 320,
        height: 180,
        accepts: vec![Delivery::Planes],
        codecs: None,
        playback: None,
    };
    client.send(&subscribe).await?;
    let failure = tokio::time::timeout(LIMIT, lost(&mut client, &stream)).await;
    let failure = failure.context("nothing was said of it")??;
    ensure!(failure.code == protocol::FailureCode::NotVideo, "{:?}", failure.code);
    testkit::said_sentence(&failure.message)
}

async fn lost(client: &mut Client, wanted: &StreamAddress) -> Result<protocol::Failure> {
    loop {
        match client.next().await? {
            Event::Message(Message::Unsubscribed { failure, .. }) => return Ok(failure),
            Event::Message(Message::Update {
                update: Update::Stream { stream, state: StreamState::Unsupported { failure, .. } },
            }) if stream == *wanted => return Ok(failure),
            Event::Media(..) => bail!("a text has pictures"),
            Event::Message(_) => {}
        }
    }
}
