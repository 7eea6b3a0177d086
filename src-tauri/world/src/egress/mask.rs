//! What a server says back about a secret is not passed on.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// Shorter secrets would be found everywhere by chance.
const SHORTEST: usize = 6;
const STARS: &[u8] = b"***";

/// The spellings in which a secret was sent or may come back.
#[derive(Default)]
pub(super) struct Mask {
    spellings: Vec<Zeroizing<Vec<u8>>>,
}

impl Mask {
    pub fn of(secret: &[u8], user: Option<&str>) -> Self {
        let mut spellings = Vec::new();
        let mut add = |spelling: Vec<u8>| {
            if spelling.len() >= SHORTEST && !spellings.iter().any(|known: &Zeroizing<Vec<u8>>| **known == spelling) {
                spellings.push(Zeroizing::new(spelling));
            }
        };
        if let Some(user) = user {
            add(STANDARD.encode([user.as_bytes(), b":", secret].concat()).into_bytes());
        }
        add(STANDARD.encode(secret).into_bytes());
        add(URL_SAFE_NO_PAD.encode(secret).into_bytes());
        add(url::form_urlencoded::byte_serialize(secret).collect::<String>().into_bytes());
        add(secret.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect());
        if let Ok(text) = std::str::from_utf8(secret) {
            let quoted = serde_json::Value::from(text).to_string();
            add(quoted.as_bytes()[1..quoted.len() - 1].to_vec());
        }
        add(secret.to_vec());
        // A longer spelling may hold a shorter one.
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        Mask { spellings }
    }

    fn longest(&self) -> usize {
        self.spellings.first().map_or(0, |spelling| spelling.len())
    }

    /// Length of the secret that begins here.
    fn found(&self, bytes: &[u8]) -> Option<usize> {
        self.spellings.iter().find(|spelling| bytes.starts_with(spelling)).map(|spelling| spelling.len())
    }

    /// The bytes up to `from`, masked; also where it stopped, which may be further.
    fn up_to(&self, bytes: &[u8], from: usize, out: &mut Vec<u8>) -> usize {
        let mut at = 0;
        while at < from {
            match self.found(&bytes[at..]) {
                Some(length) => {
                    out.extend_from_slice(STARS);
                    at += length;
                }
                None => {
                    out.push(bytes[at]);
                    at += 1;
                }
            }
        }
        at.min(bytes.len())
    }

    pub fn text(&self, text: &str) -> String {
        if self.spellings.is_empty() {
            return text.into();
        }
        let mut out = Vec::with_capacity(text.len());
        self.up_to(text.as_bytes(), text.len(), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// The next piece of a stream; what may be the beginning of a secret is held back in `held`.
    pub fn piece(&self, held: &mut Vec<u8>, piece: &[u8], is_last: bool) -> Vec<u8> {
        held.extend_from_slice(piece);
        let sure = if is_last { held.len() } else { held.len().saturating_sub(self.longest().saturating_sub(1)) };
        let mut out = Vec::with_capacity(held.len());
        let done = self.up_to(held, sure, &mut out);
        held.drain(..done);
        out
    }

    pub fn is_empty(&self) -> bool {
        self.spellings.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Mask;

    #[test]
    fn a_secret_is_found_across_pieces_and_in_its_spellings() {
        let mask = Mask::of(b"s3cr3t/key", Some("me"));
        for size in 1..30 {
            let text = b"a s3cr3t/key b s3cr3t%2Fkey c bWU6czNjcjN0L2tleQ== d s3cr3";
            let mut held = Vec::new();
            let mut out = Vec::new();
            for piece in text.chunks(size) {
                out.extend(mask.piece(&mut held, piece, false));
            }
            out.extend(mask.piece(&mut held, b"", true));
            assert_eq!(String::from_utf8(out).unwrap(), "a *** b *** c *** d s3cr3", "pieces of {size}");
        }
        assert_eq!(mask.text("nothing"), "nothing");
        assert_eq!(Mask::of(b"short", None).text("short"), "short");
    }
}
