//! A JSON number: an exact integer where it was written as one that fits, else a finite float.

use std::cmp::Ordering;

/// Integers between these two survive a trip through JavaScript.
pub const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

#[derive(Clone, Copy, Debug)]
pub struct Number(Repr);

#[derive(Clone, Copy, Debug)]
enum Repr {
    Int(i64),
    /// Only what does not fit `Int`.
    Big(u64),
    /// Always finite.
    Float(f64),
}

impl Number {
    /// None for NaN and infinities.
    pub fn finite(n: f64) -> Option<Self> {
        n.is_finite().then_some(Number(Repr::Float(n)))
    }

    pub fn as_f64(self) -> f64 {
        match self.0 {
            Repr::Int(n) => n as f64,
            Repr::Big(n) => n as f64,
            Repr::Float(n) => n,
        }
    }

    /// The integer it is, also when it was written `5.0`.
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Repr::Int(n) => Some(n),
            Repr::Big(_) => None,
            Repr::Float(n) => (n.fract() == 0.0 && n.abs() <= MAX_SAFE_INTEGER as f64).then_some(n as i64),
        }
    }

    pub fn as_u64(self) -> Option<u64> {
        match self.0 {
            Repr::Big(n) => Some(n),
            _ => self.as_i64().and_then(|n| u64::try_from(n).ok()),
        }
    }

    /// Whether JavaScript would round it: an integer beyond 2^53.
    pub fn is_beyond_javascript(self) -> bool {
        match self.0 {
            Repr::Int(n) => n.unsigned_abs() > MAX_SAFE_INTEGER as u64,
            Repr::Big(_) => true,
            Repr::Float(_) => false,
        }
    }

    pub(super) fn to_json(self) -> serde_json::Value {
        match self.0 {
            Repr::Int(n) => n.into(),
            Repr::Big(n) => n.into(),
            // Written as JavaScript writes it: 5.0 is 5.
            Repr::Float(n) => self.as_i64().map_or_else(|| n.into(), Into::into),
        }
    }

    pub(super) fn serialize<S: serde::Serializer>(self, out: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Repr::Int(n) => out.serialize_i64(n),
            Repr::Big(n) => out.serialize_u64(n),
            Repr::Float(n) => match self.as_i64() {
                Some(whole) => out.serialize_i64(whole),
                None => out.serialize_f64(n),
            },
        }
    }

    /// Exact order, also between integers and floats.
    pub fn compare(self, other: Self) -> Ordering {
        fn exact(n: Number) -> Result<i128, f64> {
            match n.0 {
                Repr::Int(n) => Ok(n.into()),
                Repr::Big(n) => Ok(n.into()),
                Repr::Float(n) if n.fract() == 0.0 && n.abs() < 1e30 => Ok(n as i128),
                Repr::Float(n) => Err(n),
            }
        }
        match (exact(self), exact(other)) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (Err(a), Err(b)) => a.total_cmp(&b),
            // A float with a fraction is below 2^53, where the conversion is exact enough to order; a huge one is beyond any integer.
            (Ok(a), Err(b)) => (a as f64).total_cmp(&b),
            (Err(a), Ok(b)) => a.total_cmp(&(b as f64)),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other) == Ordering::Equal
    }
}

impl From<i64> for Number {
    fn from(n: i64) -> Self {
        Number(Repr::Int(n))
    }
}

impl From<u64> for Number {
    fn from(n: u64) -> Self {
        i64::try_from(n).map_or(Number(Repr::Big(n)), Number::from)
    }
}

impl std::fmt::Display for Number {
    /// As JavaScript's `String(n)`: `5`, `0.1`, `1e+21`, `0` for minus zero.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Repr::Int(n) => write!(f, "{n}"),
            Repr::Big(n) => write!(f, "{n}"),
            Repr::Float(n) => f.write_str(ryu_js::Buffer::new().format(n)),
        }
    }
}
