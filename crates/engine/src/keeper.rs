//! The task that holds one stream open while somebody wants it.

use std::sync::Arc;

use media::{Cause, SourceError};
use protocol::StreamState;

use crate::origin::Sources;
use crate::retry::Retry;
use crate::stream::Stream;
use crate::{session, view};

/// Keeps `stream` open while somebody wants it, until it is stopped. A failure
/// is a state the user sees, never a reason to give up.
pub async fn run(stream: Arc<Stream>, sources: Sources, report: impl Fn(StreamState) + Sync) {
    let work = async {
        loop {
            report(StreamState::Closed);
            if !stream.is_wanted().await {
                return;
            }
            tokio::select! {
                () = keep_open(&stream, &sources, &report) => {}
                () = stream.is_unwanted() => {}
            }
            stream.hub.lose();
        }
    };
    stream.stop.run_until_cancelled(work).await;
    stream.hub.lose();
}

async fn keep_open(stream: &Stream, sources: &Sources, report: &(impl Fn(StreamState) + Sync)) {
    let mut retry = Retry::default();
    loop {
        let error = session::run(stream, sources, report, &mut retry).await;
        stream.hub.lose();
        let wait = retry.next(&error, stream.origin(), sources).await;
        tracing::warn!(stream = %stream.id, ?wait, "{error}");
        if !retry.is_asking_again() {
            let retry_at = (sources.clock.wall() + wait).0;
            report(lost(&error, retry_at, retry.attempt()));
        }
        retry.wait(wait, &error, stream.origin(), sources).await;
    }
}

fn lost(error: &SourceError, retry_at: i64, attempt: u32) -> StreamState {
    let failure = view::source_failure(error);
    match error.cause {
        Cause::NotAllowed => StreamState::AuthFailed { failure, retry_at },
        Cause::Unsupported | Cause::NotVideo => StreamState::Unsupported { failure, retry_at },
        _ => StreamState::Lost { failure, retry_at, attempt },
    }
}
