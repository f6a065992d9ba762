use anyhow::{bail, ensure};
use link::Client;
use protocol::{Camera, Command, MotionSpan, PicturePoint, Reply};

use crate::say;

/// When something moved in a part of the picture.
#[derive(clap::Args)]
pub struct Args {
    /// Left, top, right and bottom of it, in percent of the picture
    #[arg(long, value_name = "L,T,R,B", value_delimiter = ',', required = true)]
    area: Vec<f32>,
    /// The camera's number [default: all]
    #[arg(long, value_name = "NUMBER")]
    camera: Option<u32>,
    /// In the last hours: how many
    #[arg(long, default_value_t = 24)]
    hours: u32,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Prints the newest.
pub async fn run(args: Args, client: &mut Client) -> anyhow::Result<()> {
    let [left, top, right, bottom] = args.area[..] else {
        bail!("an area has a left, a top, a right and a bottom side, such as 20,30,45,60")
    };
    ensure!(left < right && top < bottom, "left is to be less than right, and top than bottom");
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    let area = corners.map(|(x, y)| PicturePoint { x: x / 100.0, y: y / 100.0 }).to_vec();
    let cameras: Vec<Camera> = match args.camera {
        Some(number) => vec![super::camera(client, number)?.clone()],
        None => client.snapshot().cameras.clone(),
    };
    let to = media::Clock::system().wall().0;
    let from = to - i64::from(args.hours) * 3_600_000_000;
    let limit = protocol::MAX_FOUND;
    let (mut spans, mut is_cut) = (Vec::new(), false);
    for some in cameras.chunks(protocol::MAX_LANES) {
        let cameras = some.iter().map(|camera| camera.address.clone()).collect();
        let asked = Command::SearchMotion { cameras, from, to, area: area.clone(), limit };
        let Reply::MotionSpans { spans: found, is_more } = client.command(asked).await? else {
            bail!("the engine answered something else");
        };
        spans.extend(found);
        is_cut |= is_more;
    }
    spans.sort_by_key(|span| span.from);
    if args.json {
        say(serde_json::to_string(&spans)?);
        return Ok(());
    }
    spans.iter().for_each(|span| say(describe(span, &cameras)));
    if is_cut {
        say("There is more: ask for fewer hours, or one camera, to have all of it.");
    }
    Ok(())
}

fn describe(span: &MotionSpan, cameras: &[Camera]) -> String {
    let (from, seconds) = (media::WallTime(span.from).stamp(), (span.to - span.from) / 1_000_000);
    match cameras.iter().find(|camera| camera.address == span.camera) {
        Some(camera) => format!("{from} {seconds} s {} {}", camera.number, camera.name),
        None => format!("{from} {seconds} s"),
    }
}
