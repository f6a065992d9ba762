//! Keys, which give tickets, and tickets, which open one session each.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use media::Clock;
use protocol::{Sensitive, TICKET_SECONDS};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

/// Tickets given and not used; the oldest make room.
const MAX_TICKETS: usize = 1024;

/// Session keys remembered; the oldest make room.
const MAX_SESSION_KEYS: usize = 1024;

/// Everything that opens this server, all of it forgotten at the next start.
pub struct Keys {
    clock: Clock,
    owner: Sensitive,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tickets: HashMap<String, Instant>,
    sessions: VecDeque<Sensitive>,
}

/// 256 random bits as text.
pub fn random_key() -> Sensitive {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).expect("the operating system gives random numbers");
    Sensitive(URL_SAFE_NO_PAD.encode(bits))
}

impl Keys {
    /// Nothing opens it yet but the owner's key.
    pub fn new(clock: Clock, owner: Sensitive) -> Self {
        Self { clock, owner, state: Mutex::default() }
    }

    /// Whether `key` is the owner's or a session's.
    pub fn knows(&self, key: &str) -> bool {
        let is = |known: &Sensitive| bool::from(known.0.as_bytes().ct_eq(key.as_bytes()));
        // Without short circuits: how long it takes says nothing.
        self.lock().sessions.iter().fold(is(&self.owner), |found, known| found | is(known))
    }

    /// A new key that gives tickets until the engine stops.
    pub fn session_key(&self) -> Sensitive {
        let key = random_key();
        let mut state = self.lock();
        if state.sessions.len() == MAX_SESSION_KEYS {
            state.sessions.pop_front();
        }
        state.sessions.push_back(key.clone());
        key
    }

    /// A new ticket.
    pub fn ticket(&self) -> Sensitive {
        let ticket = random_key();
        let now = self.clock.instant();
        let mut state = self.lock();
        state.tickets.retain(|_, until| now < *until);
        if state.tickets.len() >= MAX_TICKETS {
            let oldest = state.tickets.iter().min_by_key(|(_, until)| **until);
            if let Some(oldest) = oldest.map(|(ticket, _)| ticket.clone()) {
                state.tickets.remove(&oldest);
            }
        }
        state.tickets.insert(ticket.0.clone(), now + Duration::from_secs(TICKET_SECONDS));
        ticket
    }

    /// Takes a ticket: true once, and only in time.
    pub fn take(&self, ticket: &Sensitive) -> bool {
        let until = self.lock().tickets.remove(&ticket.0);
        until.is_some_and(|until| self.clock.instant() < until)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::WallTime;

    fn keys() -> Keys {
        Keys::new(Clock::simulated(WallTime(0)), Sensitive("owner".to_owned()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_is_good_once_and_for_thirty_seconds() {
        let keys = keys();
        let (first, second) = (keys.ticket(), keys.ticket());
        assert!(keys.take(&first));
        assert!(!keys.take(&first), "used");
        tokio::time::advance(Duration::from_secs(TICKET_SECONDS)).await;
        assert!(!keys.take(&second), "too old");
        assert!(!keys.take(&Sensitive(String::new())), "never given");
    }

    #[tokio::test(start_paused = true)]
    async fn tickets_and_session_keys_are_bounded() {
        let keys = keys();
        let first_ticket = keys.ticket();
        let first_key = keys.session_key();
        for _ in 0..MAX_TICKETS.max(MAX_SESSION_KEYS) {
            tokio::time::advance(Duration::from_micros(1)).await;
            keys.ticket();
            keys.session_key();
        }
        assert!(!keys.take(&first_ticket));
        assert!(!keys.knows(&first_key.0));
        assert!(keys.knows("owner"));
        assert!(keys.lock().tickets.len() <= MAX_TICKETS);
    }

    #[tokio::test]
    async fn only_known_keys_are_known() {
        let keys = keys();
        let session = keys.session_key();
        assert!(keys.knows("owner") && keys.knows(&session.0));
        assert!(!keys.knows("") && !keys.knows("owne") && !keys.knows("owner2"));
    }
}
