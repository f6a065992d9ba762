//! Tries the address of a camera before it is kept.

use std::sync::Arc;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use camera::{Address, Credentials, Finding, StreamRequest};
use media::{AccessUnit, Need, Packing, Size};
use protocol::{CameraAddress, Failure, FailureCode, Login, Probe, Reply, Transport};
use workers::DecoderEvent;

use crate::{Engine, view};

/// The largest thumbnail.
const THUMBNAIL: Need = Need { tile: Size { width: 320, height: 180 }, packing: Packing::Jpeg };

/// How long a thumbnail may take: workers start within milliseconds.
const MAX_DECODING: Duration = Duration::from_secs(5);

/// What a viewer asked for.
pub struct Asked {
    /// As typed.
    pub address: String,
    /// How packets are to come.
    pub transport: Transport,
    /// How to log in.
    pub login: Option<Login>,
    /// Whose kept login is used where none is given.
    pub camera: Option<CameraAddress>,
}

/// Looks at the stream, and at the smaller one beside it.
pub async fn run(engine: &Engine, asked: Asked) -> Result<Reply, Failure> {
    let (address, typed) = Address::parse(&asked.address)
        .map_err(|error| Failure::new(FailureCode::BadRequest, error.to_string()))?;
    let credentials = match asked.login.map(view::credentials).or(typed) {
        Some(credentials) => Some(credentials),
        None => kept_login(engine, asked.camera).await?,
    };
    let request = |address: Address| StreamRequest {
        address,
        credentials: credentials.clone(),
        transport: view::transport(asked.transport),
    };
    let dialer = &engine.sources().dialer;
    let main_request = request(address.clone());
    let main = camera::probe(dialer, &main_request).await;
    let main = main.map_err(|error| view::source_failure(&error))?;
    // One after the other: some cameras serve one viewer at a time.
    let sub = match address.sub() {
        Some(sub) => camera::probe(dialer, &request(sub.clone())).await.ok().map(|it| (sub, it)),
        None => None,
    };
    let thumbnail = thumbnail(engine, &main).await;
    let probe = Probe {
        main: view::stream_probe(&address, &main),
        sub: sub.map(|(address, finding)| view::stream_probe(&address, &finding)),
        thumbnail: thumbnail.map(|jpeg| BASE64_STANDARD.encode(jpeg)),
    };
    Ok(Reply::Probe { probe: Box::new(probe) })
}

async fn kept_login(
    engine: &Engine,
    camera: Option<CameraAddress>,
) -> Result<Option<Credentials>, Failure> {
    let Some(camera) = camera else { return Ok(None) };
    let id = engine.camera_id(&camera)?;
    let engine = engine.clone();
    let kept = tokio::task::spawn_blocking(move || {
        let camera = engine.store(|store| store.camera(id))?;
        Ok(engine.login(&camera))
    });
    let kept = kept.await.map_err(|error| Failure::new(FailureCode::Other, error.to_string()))?;
    kept.map_err(|error: store::StoreError| view::store_failure(&error))
}

/// A small JPEG of the key frame; nothing where it cannot be decoded.
async fn thumbnail(engine: &Engine, finding: &Finding) -> Option<Bytes> {
    let sources = engine.sources();
    let mut decoder = sources.pool.decoder("a camera that is tried".to_owned());
    decoder.set_needs(&[THUMBNAIL]);
    let unit: &Arc<AccessUnit> = &finding.key_frame;
    decoder.offer(unit, true).ok()?;
    let decoding = async {
        loop {
            match decoder.next().await {
                DecoderEvent::Picture { picture, .. } => return Some(picture.payload),
                DecoderEvent::Restarted => decoder.offer(unit, true).ok()?,
                DecoderEvent::Unsupported(_) => return None,
            }
        }
    };
    tokio::select! {
        file = decoding => file,
        () = sources.clock.sleep(MAX_DECODING) => None,
    }
}
