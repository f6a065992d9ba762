//! Cameras whose network fails, who answer too slowly, refuse the password or
//! come and go: cases N1, N2, N5, N6 and N7 of the fault catalogue.

mod crowd;
mod half_open;
mod login;
mod resets;
mod trickle;

use anyhow::Result;
use testkit::Figure;

pub use crowd::crowd;
pub use half_open::half_open;
pub use login::login;
pub use resets::resets;
pub use trickle::trickle;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = half_open(short).await?;
    figures.extend(resets(short).await?);
    figures.extend(trickle(short).await?);
    figures.extend(login(short).await?);
    figures.extend(crowd(short).await?);
    Ok(figures)
}
