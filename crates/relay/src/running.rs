use std::convert::Infallible;

use protocol::Failure;
use tokio::task::JoinHandle;

use crate::line::Line;

/// A task behind one subscription.
pub struct Running(JoinHandle<()>);

impl Running {
    /// Does `work`, and tells on `line` why it ended.
    pub fn spawn<W>(line: Line, work: impl FnOnce(Line) -> W) -> Self
    where
        W: Future<Output = Result<Infallible, Failure>> + Send + 'static,
    {
        let end = line.clone();
        let work = work(line);
        Self(tokio::spawn(async move {
            let Err(failure) = work.await;
            end.end(failure).await;
        }))
    }

    /// Whether it ended by itself.
    pub fn is_over(&self) -> bool {
        self.0.is_finished()
    }

    /// Ends it and waits until it has.
    pub async fn stop(self) {
        self.0.abort();
        if let Err(error) = self.0.await
            && !error.is_cancelled()
        {
            tracing::error!("a subscription failed: {error}");
        }
    }
}
