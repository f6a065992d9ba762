//! Pictures reach a tile as planes, as JPEG files or as the camera sends them:
//! each as fast, none mixed up, in the right colours; the one that suits the
//! viewer, also after the camera changed; and no viewer's answers, or their lack,
//! harm another.

mod answers;
mod browser;
mod changing;
mod colours;
mod viewer;

use anyhow::Result;
use testkit::Figure;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    // One that breaks off says nothing about the others.
    let mut take = |id: &str, run: Result<Vec<Figure>>| match run {
        Ok(run) => figures.extend(run),
        Err(error) => figures.push(Figure::broke_off(id, &error)),
    };
    take("deliveries/tiles", browser::tiles(short).await);
    take("deliveries/h265", browser::h265().await);
    take("deliveries/colours", colours::run(short).await);
    take("deliveries/changing", changing::run().await);
    take("deliveries/answers", answers::run(short).await);
    Ok(figures)
}
