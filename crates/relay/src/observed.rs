//! What is seen of a camera, for a viewer that observes it: at most one
//! observation is on its way, so that the newest wins.

use std::convert::Infallible;
use std::sync::Arc;

use engine::Observing;
use protocol::{Failure, Message};
use tokio::sync::Semaphore;

use crate::line::Line;

/// Sends what is seen until there will be no more, or the session is over.
pub async fn send(mut observing: Observing, line: Line) -> Result<Infallible, Failure> {
    let room = Arc::new(Semaphore::new(1));
    loop {
        let room = room.clone().acquire_owned().await.expect("it is never closed");
        let observation = observing.next().await?;
        let message = Message::Observation { subscription: line.subscription(), observation };
        line.say_in(message, room).await?;
    }
}
