//! How to log in to a camera, and what came of it. All streams of a camera
//! share it: cameras lock themselves after few wrong passwords, whichever
//! stream they were for.

use std::time::Duration;

use camera::Credentials;
use media::{Cause, Clock, SourceError};
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

/// The wait after a refusal, and after every other of the same login.
const WAITS: [Duration; 2] = [Duration::from_secs(30), Duration::from_secs(600)];

/// One camera's login.
pub struct Login {
    credentials: watch::Sender<Option<Credentials>>,
    trial: Mutex<Trial>,
}

/// What came of the present credentials.
#[derive(Default)]
struct Trial {
    /// Those it is about.
    of: Option<Credentials>,
    is_accepted: bool,
    refused: usize,
    waiting: Option<(Instant, SourceError)>,
}

impl Login {
    /// With what the owner entered.
    pub fn new(credentials: Option<Credentials>) -> Self {
        Self { credentials: watch::Sender::new(credentials), trial: Mutex::default() }
    }

    /// The owner entered something else.
    pub fn change(&self, credentials: Option<Credentials>) {
        self.credentials.send_replace(credentials);
    }

    /// Waits until the owner enters something else.
    pub async fn changed(&self) {
        let mut credentials = self.credentials.subscribe();
        // The sender is ours.
        let _ = credentials.changed().await;
    }

    /// Opens a session with `open`, unless the camera refused these credentials
    /// and is not to be asked again yet. Until they were accepted once, streams
    /// take turns.
    pub async fn attempt<T>(
        &self,
        clock: &Clock,
        open: impl AsyncFnOnce(Option<Credentials>) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let credentials = self.credentials.borrow().clone();
        let mut trial = self.trial.lock().await;
        if trial.of != credentials {
            *trial = Trial { of: credentials.clone(), ..Trial::default() };
        }
        if let Some((until, refusal)) = &trial.waiting
            && clock.instant() < *until
        {
            return Err(refusal.clone());
        }
        if trial.is_accepted || credentials.is_none() {
            drop(trial);
            let opened = open(credentials.clone()).await;
            if let Err(error) = &opened {
                let mut trial = self.trial.lock().await;
                trial.refuse(&credentials, error, clock.instant());
            }
            return opened;
        }
        let opened = open(credentials.clone()).await;
        match &opened {
            Ok(_) => *trial = Trial { of: credentials, is_accepted: true, ..Trial::default() },
            Err(error) => trial.refuse(&credentials, error, clock.instant()),
        }
        opened
    }

    /// How long to wait before the camera is asked again; nothing where it
    /// refused nobody.
    pub async fn wait(&self, now: Instant) -> Option<Duration> {
        let trial = self.trial.lock().await;
        trial.waiting.as_ref().map(|(until, _)| until.saturating_duration_since(now))
    }
}

impl Trial {
    fn refuse(&mut self, tried: &Option<Credentials>, error: &SourceError, now: Instant) {
        if error.cause != Cause::NotAllowed || self.of != *tried {
            return;
        }
        self.is_accepted = false;
        self.waiting = Some((now + WAITS[self.refused.min(1)], error.clone()));
        self.refused += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Result<(), SourceError> {
        Err(SourceError::new(Cause::NotAllowed, "no"))
    }

    fn credentials(password: &str) -> Option<Credentials> {
        Some(Credentials { user: "admin".into(), password: password.to_owned().into() })
    }

    /// Whether the camera was asked.
    async fn asked(login: &Login, answer: Result<(), SourceError>) -> bool {
        let mut asked = false;
        let _ = login
            .attempt(&Clock::system(), async |_| {
                asked = true;
                answer
            })
            .await;
        asked
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_login_is_tried_seldom_by_all_streams_together() {
        let (login, clock) = (Login::new(credentials("wrong")), Clock::system());
        assert!(asked(&login, refused()).await);
        assert!(!asked(&login, refused()).await);
        assert_eq!(login.wait(clock.instant()).await, Some(Duration::from_secs(30)));
        clock.sleep(Duration::from_secs(30)).await;
        assert!(asked(&login, refused()).await);
        clock.sleep(Duration::from_secs(599)).await;
        assert!(!asked(&login, refused()).await);
        clock.sleep(Duration::from_secs(1)).await;
        assert!(asked(&login, refused()).await);
    }

    #[tokio::test(start_paused = true)]
    async fn another_login_is_tried_at_once() {
        let login = Login::new(credentials("wrong"));
        assert!(asked(&login, refused()).await);
        login.change(credentials("right"));
        assert!(asked(&login, Ok(())).await);
        assert!(asked(&login, Ok(())).await);
        assert_eq!(login.wait(Clock::system().instant()).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn streams_take_turns_until_one_was_accepted() {
        let (login, clock) = (Login::new(credentials("right")), Clock::system());
        let open = async |_| {
            clock.sleep(Duration::from_secs(1)).await;
            Ok(clock.instant())
        };
        let (one, other) = tokio::join!(login.attempt(&clock, open), login.attempt(&clock, open));
        assert_eq!(other.unwrap() - one.unwrap(), Duration::from_secs(1));
        let (one, other) = tokio::join!(login.attempt(&clock, open), login.attempt(&clock, open));
        assert_eq!(one.unwrap(), other.unwrap());
    }
}
