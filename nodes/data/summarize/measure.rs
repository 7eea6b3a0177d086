//! One measure of one group, item by item.

use super::{Missing, Of};
use weft_node::{Problem, Result, Value, condition};

/// What has been seen so far.
pub struct Tally {
    of: Of,
    count: u64,
    /// Sum and the part that rounding lost (Neumaier 1974), so that the order of a million small numbers hardly matters.
    sum: f64,
    lost: f64,
    best: Option<Value>,
}

impl Tally {
    pub fn new(of: Of) -> Self {
        Tally { of, count: 0, sum: 0.0, lost: 0.0, best: None }
    }

    /// Counts one item's value in.
    ///
    /// # Errors
    /// `summarize.missing` where a missing value shall stop, `summarize.not_a_number` for text in a sum.
    pub fn add(&mut self, value: &Value, missing: Missing) -> Result<()> {
        match self.of {
            Of::Count => {
                self.count += 1;
                return Ok(());
            }
            Of::CountIf => {
                self.count += u64::from(is_true(value));
                return Ok(());
            }
            _ => {}
        }
        if value.is_null() || value.as_str() == Some("") {
            return match missing {
                Missing::LeaveOut => Ok(()),
                Missing::AsZero => self.measure(&Value::from(0i64)),
                Missing::Stop => Err(Problem::new("summarize.missing", "A value is missing.")
                    .help("Fill it in before, or choose to leave missing values out.")),
            };
        }
        self.measure(value)
    }

    fn measure(&mut self, value: &Value) -> Result<()> {
        match self.of {
            Of::Sum | Of::Mean => {
                let n = value
                    .as_f64()
                    .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
                    .filter(|n: &f64| n.is_finite())
                    .ok_or_else(|| {
                        Problem::new("summarize.not_a_number", format!("{} is no number.", shorten(&value.to_json())))
                            .help("Choose a field with numbers, or turn the text into numbers before.")
                    })?;
                self.count += 1;
                let sum = self.sum + n;
                self.lost += if self.sum.abs() >= n.abs() { (self.sum - sum) + n } else { (n - sum) + self.sum };
                self.sum = sum;
            }
            Of::Min | Of::Max => {
                let better = self.best.as_ref().is_none_or(|best| {
                    let order = condition::order(value, best);
                    if self.of == Of::Min { order.is_lt() } else { order.is_gt() }
                });
                if better {
                    self.best = Some(value.clone());
                }
            }
            Of::Count | Of::CountIf => {}
        }
        Ok(())
    }

    /// Null where nothing was measured: the mean of nothing is not 0.
    pub fn result(self) -> Value {
        match self.of {
            Of::Count | Of::CountIf => Value::from(self.count),
            Of::Sum => Value::from(self.sum + self.lost),
            Of::Mean if self.count == 0 => Value::Null,
            Of::Mean => Value::from((self.sum + self.lost) / self.count as f64),
            Of::Min | Of::Max => self.best.unwrap_or_default(),
        }
    }
}

/// What JavaScript takes for true.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(b) => *b,
        Value::Number(n) => n.as_f64() != 0.0,
        Value::Text(text) => !text.is_empty(),
        Value::List(_) | Value::Object(_) => true,
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 { text.into() } else { text.chars().take(40).chain("...".chars()).collect() }
}
