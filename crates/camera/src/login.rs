//! Answers a camera's challenge (RFC 2617, RFC 7616): digest before basic.

use http_auth::{PasswordClient, PasswordParams};
use media::SourceError;

use crate::message::Head;
use crate::{Address, Credentials, sentence};

/// One session's login.
pub struct Login {
    credentials: Option<Credentials>,
    challenged: Option<PasswordClient>,
    /// Whether the camera took the answer to its last challenge.
    is_accepted: bool,
    /// Whether it called the nonce of that too old: believed once.
    was_stale: bool,
}

impl Login {
    /// With what the owner entered.
    pub fn new(credentials: Option<Credentials>) -> Self {
        Self { credentials, challenged: None, is_accepted: false, was_stale: false }
    }

    /// Takes the challenge of a 401. An error where the login was refused, or
    /// there is none to give: asking again could lock the camera.
    pub fn challenge(&mut self, answer: &Head, address: &Address) -> Result<(), SourceError> {
        let challenges: Vec<&str> = answer.all("WWW-Authenticate").collect();
        let challenges = challenges.join(", ");
        let is_stale =
            challenges.to_ascii_lowercase().replace([' ', '"'], "").contains("stale=true");
        let is_excused = self.is_accepted || is_stale && !self.was_stale;
        if self.challenged.is_some() && !is_excused {
            return Err(sentence::login_refused(address));
        }
        if self.credentials.is_none() {
            return Err(sentence::login_needed(address));
        }
        let client = PasswordClient::builder().challenges(&challenges).build();
        self.challenged = Some(client.map_err(|_| sentence::login_unknown(address))?);
        self.was_stale = is_stale && !self.is_accepted;
        self.is_accepted = false;
        Ok(())
    }

    /// The camera did as it was asked. Should it challenge again, its nonce
    /// has become too old.
    pub fn accepted(&mut self) {
        self.is_accepted = true;
    }

    /// The value of `Authorization` for a request, once challenged.
    pub fn answer(
        &mut self,
        method: &str,
        uri: &str,
        address: &Address,
    ) -> Result<Option<String>, SourceError> {
        let (Some(client), Some(credentials)) = (&mut self.challenged, &self.credentials) else {
            return Ok(None);
        };
        let answer = client.respond(&PasswordParams {
            username: &credentials.user,
            password: &credentials.password,
            uri,
            method,
            body: Some(&[]),
        });
        answer.map(Some).map_err(|_| sentence::login_unknown(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn login(challenge: &str) -> (Login, Result<(), SourceError>, Address) {
        let (address, _) = Address::parse("10.0.0.5").unwrap();
        let password = Zeroizing::new("@:/#%?&+ü".to_owned());
        let mut login = Login::new(Some(Credentials { user: "admin".into(), password }));
        let head = format!("RTSP/1.0 401 Unauthorized\r\n{challenge}");
        let outcome = login.challenge(&Head::parse(head.as_bytes()), &address);
        (login, outcome, address)
    }

    #[test]
    fn every_character_survives_basic() {
        let (mut login, outcome, address) = login("WWW-Authenticate: Basic realm=\"x\"");
        outcome.unwrap();
        let answer = login.answer("DESCRIBE", "rtsp://10.0.0.5", &address).unwrap().unwrap();
        // "admin:@:/#%?&+ü" in UTF-8.
        assert_eq!(answer, "Basic YWRtaW46QDovIyU/JivDvA==");
    }

    #[test]
    fn digest_goes_before_basic() {
        let (mut login, outcome, address) = login(
            "WWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"n\"",
        );
        outcome.unwrap();
        let answer = login.answer("DESCRIBE", "rtsp://10.0.0.5", &address).unwrap().unwrap();
        assert!(answer.starts_with("Digest username=\"admin\""), "{answer}");
    }

    #[test]
    fn a_second_refusal_is_final_unless_the_nonce_was_stale() {
        let challenge = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"";
        let (mut refused, outcome, address) = login(challenge);
        outcome.unwrap();
        let head = Head::parse(format!("RTSP/1.0 401 No\r\n{challenge}, stale=TRUE").as_bytes());
        refused.challenge(&head, &address).unwrap();
        let head = Head::parse(format!("RTSP/1.0 401 No\r\n{challenge}").as_bytes());
        assert!(refused.challenge(&head, &address).is_err());
    }

    #[test]
    fn a_nonce_is_too_old_once() {
        let challenge = "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", stale=true";
        let (mut login, outcome, address) = login(challenge);
        outcome.unwrap();
        let head = Head::parse(format!("RTSP/1.0 401 No\r\n{challenge}").as_bytes());
        assert!(login.challenge(&head, &address).is_err());
        login.accepted();
        login.challenge(&head, &address).unwrap();
    }

    #[test]
    fn an_unknown_way_is_told() {
        let (_, outcome, _) = login("WWW-Authenticate: Bearer realm=\"x\"");
        assert!(outcome.unwrap_err().sentence.contains("not known"));
    }
}
