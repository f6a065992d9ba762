//! Routes, and the checks every request passes.

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use axum::{Json, Router};
use protocol::{MAX_REQUEST_BYTES, PATH, TICKET_PATH, Ticket};

use crate::{Relay, session, ui};

/// Read from a viewer at once, in bytes. Requests are short; it is cleared before
/// each read.
const READ_BUFFER: usize = 4096;

/// Holds a few uncompressed pictures; a viewer that reads nothing is gone before.
const MAX_WRITE_BUFFER: usize = 64 * 1024 * 1024;

/// All routes of a server.
pub fn router(relay: Relay) -> Router {
    let api = Router::new()
        .route(PATH, any(open_session))
        .route(TICKET_PATH, post(ticket))
        .layer(from_fn_with_state(relay.clone(), check_origin));
    Router::new()
        .merge(api)
        .fallback(ui::serve)
        .layer(from_fn_with_state(relay.clone(), check_host))
        .with_state(relay)
}

async fn check_host(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    if !relay.0.hosts.allow_host(request.headers()) {
        relay.refuse("a host name that is not this server's");
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

async fn check_origin(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    if !relay.0.hosts.allow_origin(request.headers()) {
        relay.refuse("a page of another origin");
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

async fn ticket(State(relay): State<Relay>, headers: HeaderMap) -> Response {
    let key = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if !key.is_some_and(|key| relay.0.keys.knows(key)) {
        relay.refuse("an unknown key");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    Json(Ticket { ticket: relay.0.keys.ticket() }).into_response()
}

async fn open_session(State(relay): State<Relay>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .max_message_size(MAX_REQUEST_BYTES)
        .max_frame_size(MAX_REQUEST_BYTES)
        .max_write_buffer_size(MAX_WRITE_BUFFER)
        .read_buffer_size(READ_BUFFER)
        .on_upgrade(|socket| async move {
            let session = session::run(relay.clone(), socket);
            relay.0.tasks.track_future(session).await;
        })
}
