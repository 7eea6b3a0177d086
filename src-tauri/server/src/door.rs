//! The browser's door: a one-time code in a link, exchanged for a token that lives in one tab.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A link nobody opened is worthless after this.
const CODE_LIVES: Duration = Duration::from_secs(10 * 60);
/// So many tabs at most; the oldest token goes first.
const TOKENS: usize = 256;

/// Codes that were given out and tokens that were fetched. Only their hashes are kept.
#[derive(Default)]
pub struct Door {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    codes: HashMap<blake3::Hash, Instant>,
    tokens: Vec<blake3::Hash>,
    /// Wrong codes since the last right one: slows guessing down to nothing.
    wrong: u32,
}

#[derive(Deserialize)]
pub struct Knock {
    pub code: String,
}

#[derive(Serialize)]
pub struct Opened {
    pub token: String,
}

impl Door {
    /// A new one-time code, for the link's fragment.
    pub fn code(&self) -> String {
        let code = random();
        let mut inner = self.inner.lock().expect("nobody panics holding it");
        inner.codes.retain(|_, made| made.elapsed() < CODE_LIVES);
        inner.codes.insert(blake3::hash(code.as_bytes()), Instant::now());
        inner.wrong = 0;
        code
    }

    /// Exchanges a code for a token; a code works once.
    pub fn open(&self, code: &str) -> Option<Opened> {
        let mut inner = self.inner.lock().expect("nobody panics holding it");
        if inner.wrong >= 100 {
            return None;
        }
        // The hash is compared, so the time it takes tells nothing about the code.
        match inner.codes.remove(&blake3::hash(code.as_bytes())) {
            Some(made) if made.elapsed() < CODE_LIVES => {
                let token = random();
                if inner.tokens.len() >= TOKENS {
                    inner.tokens.remove(0);
                }
                inner.tokens.push(blake3::hash(token.as_bytes()));
                Some(Opened { token })
            }
            _ => {
                inner.wrong += 1;
                None
            }
        }
    }

    pub fn knows(&self, token: &str) -> bool {
        let hash = blake3::hash(token.as_bytes());
        self.inner.lock().expect("nobody panics holding it").tokens.contains(&hash)
    }
}

/// 256 random bits as text that fits a link.
fn random() -> String {
    use base64::Engine as _;
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).expect("the system gives randomness");
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
