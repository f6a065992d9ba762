//! Secrets in memory, and encrypted.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// Text that is never printed, sent or kept in the clear, and is wiped from
/// memory when dropped.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What secrets are encrypted with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key(Zeroizing<[u8; Key::BYTES]>);

/// Something encrypted, as it lies in the database.
pub(crate) struct Sealed {
    pub(crate) nonce: Vec<u8>,
    pub(crate) text: Vec<u8>,
}

impl Key {
    pub(crate) const BYTES: usize = 32;

    pub(crate) fn random() -> Self {
        Self(Zeroizing::new(random()))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// Encrypts `text`; it opens again only under the same `identity`.
    pub(crate) fn seal(&self, identity: &str, text: &[u8]) -> Sealed {
        // 24 random bytes never repeat in practice, so no counter need survive a restored backup.
        let nonce: [u8; 24] = random();
        let payload = Payload { msg: text, aad: identity.as_bytes() };
        let text = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("a secret is far below the cipher's limit of 256 GiB");
        Sealed { nonce: nonce.to_vec(), text }
    }

    /// Decrypts; nothing where key or identity is another, or a bit was changed.
    pub(crate) fn open(&self, identity: &str, sealed: &Sealed) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; 24] = sealed.nonce.as_slice().try_into().ok()?;
        let payload = Payload { msg: &sealed.text, aad: identity.as_bytes() };
        self.cipher().decrypt(XNonce::from_slice(&nonce), payload).ok().map(Zeroizing::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_slice().into())
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_only_with_its_key_and_identity() {
        let key = Key::random();
        let sealed = key.seal("camera:1:password", b"sesame");
        assert_eq!(key.open("camera:1:password", &sealed).unwrap().as_slice(), b"sesame");
        assert!(key.open("camera:2:password", &sealed).is_none());
        assert!(Key::random().open("camera:1:password", &sealed).is_none());
        for bit in 0..sealed.text.len() * 8 {
            let mut text = sealed.text.clone();
            text[bit / 8] ^= 1 << (bit % 8);
            let altered = Sealed { nonce: sealed.nonce.clone(), text };
            assert!(key.open("camera:1:password", &altered).is_none());
        }
    }

    #[test]
    fn no_nonce_is_used_twice() {
        let key = Key::random();
        assert_ne!(key.seal("x", b"y").nonce, key.seal("x", b"y").nonce);
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("sesame".into())), "Secret(…)");
    }
}
