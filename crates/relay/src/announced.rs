//! Formats of pictures, which are told before the first picture that has them.

use std::sync::Arc;

use engine::view;
use media::PictureFormat;
use protocol::{Failure, Message};

use crate::line::Line;

/// The format announced last and its number.
#[derive(Default)]
pub struct Announced(Option<(Arc<PictureFormat>, u32)>);

impl Announced {
    /// The number of `format`, which is announced where it is new.
    pub async fn number(
        &mut self,
        line: &Line,
        format: &Arc<PictureFormat>,
        reason: &str,
    ) -> Result<u32, Failure> {
        if let Some((known, number)) = &self.0
            && known == format
        {
            return Ok(*number);
        }
        let number = line.number();
        line.say(Message::Format {
            format: number,
            subscription: line.subscription(),
            picture: view::pictures(format),
            reason: reason.to_owned(),
        })
        .await?;
        self.0 = Some((format.clone(), number));
        Ok(number)
    }
}
