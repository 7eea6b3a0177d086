//! A date as it came: only a day, a time without a zone, or an instant; written back the same way.

use jiff::civil::{self, time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Unit, Zoned};
use weft_node::{Problem, Result, Value};

pub struct Moment {
    zoned: Zoned,
    kept: Kept,
}

/// How much the text said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Day,
    /// Day and time, no zone.
    Local,
    Instant,
}

impl Moment {
    pub fn now(now_ms: i64, zone: TimeZone) -> Result<Moment> {
        let at = Timestamp::from_millisecond(now_ms).map_err(|error| unreadable(&Value::from(now_ms), &error.to_string()))?;
        Ok(Moment { zoned: at.to_zoned(zone), kept: Kept::Instant })
    }

    /// Reads text in a format, or in one of the common ones; numbers are seconds, from 10^11 on milliseconds, since 1970.
    pub fn read(value: &Value, format: Option<&str>, zone: &TimeZone) -> Result<Moment> {
        match (value, format) {
            (Value::Number(n), None) => {
                let n = n.as_f64();
                let ms = if n.abs() < 1e11 { n * 1000.0 } else { n };
                Moment::now(ms as i64, zone.clone())
            }
            (Value::Text(text), None) => {
                read_text(text.trim(), zone).ok_or_else(|| unreadable(value, "it is none of the common ways to write a date"))
            }
            (Value::Text(text), Some(format)) => {
                let parsed = BrokenDownTime::parse(format, text.trim()).map_err(|error| unreadable(value, &error.to_string()))?;
                let moment = if parsed.offset().is_some() || parsed.iana_time_zone().is_some() {
                    parsed.to_zoned().map(|zoned| Moment { zoned, kept: Kept::Instant })
                } else if parsed.hour().is_some() {
                    parsed.to_datetime().and_then(|at| local(at, zone, Kept::Local))
                } else {
                    parsed.to_date().and_then(|day| local(day.to_datetime(time(0, 0, 0, 0)), zone, Kept::Day))
                };
                moment.map_err(|error| unreadable(value, &error.to_string()))
            }
            _ => Err(unreadable(value, "it is neither text nor a number")),
        }
    }

    pub fn zoned(&self) -> &Zoned {
        &self.zoned
    }

    pub fn to_text(&self) -> String {
        match self.kept {
            Kept::Day => self.zoned.date().to_string(),
            Kept::Local => self.zoned.datetime().to_string(),
            Kept::Instant => self.zoned.timestamp().display_with_offset(self.zoned.offset()).to_string(),
        }
    }

    /// A day stays a day unless hours or less are added.
    pub fn add(&self, span: Span) -> Result<Moment, jiff::Error> {
        let zoned = self.zoned.checked_add(span)?;
        let kept = if self.kept == Kept::Day && zoned.time() != time(0, 0, 0, 0) { Kept::Local } else { self.kept };
        Ok(Moment { zoned, kept })
    }

    pub fn start_of(&self, unit: Unit) -> Result<Moment, jiff::Error> {
        let day = self.zoned.date();
        let at = self.zoned.time();
        let start = match unit {
            Unit::Year => day.first_of_year().to_datetime(time(0, 0, 0, 0)),
            Unit::Month => day.first_of_month().to_datetime(time(0, 0, 0, 0)),
            // Weeks begin on Monday (ISO 8601).
            Unit::Week => {
                let back = day.weekday().to_monday_zero_offset();
                day.checked_sub(Span::new().try_days(back)?)?.to_datetime(time(0, 0, 0, 0))
            }
            Unit::Day => day.to_datetime(time(0, 0, 0, 0)),
            Unit::Hour => day.to_datetime(time(at.hour(), 0, 0, 0)),
            Unit::Minute => day.to_datetime(time(at.hour(), at.minute(), 0, 0)),
            _ => day.to_datetime(time(at.hour(), at.minute(), at.second(), 0)),
        };
        local(start, self.zoned.time_zone(), self.kept)
    }

    pub fn parts(&self) -> Value {
        let (day, at) = (self.zoned.date(), self.zoned.time());
        let mut parts = vec![
            ("year", Value::from(i64::from(day.year()))),
            ("month", Value::from(i64::from(day.month()))),
            ("day", Value::from(i64::from(day.day()))),
            // Monday is 1, Sunday is 7 (ISO 8601).
            ("weekday", Value::from(i64::from(day.weekday().to_monday_one_offset()))),
            ("day_of_year", Value::from(i64::from(day.day_of_year()))),
        ];
        if self.kept != Kept::Day {
            parts.push(("hour", Value::from(i64::from(at.hour()))));
            parts.push(("minute", Value::from(i64::from(at.minute()))));
            parts.push(("second", Value::from(i64::from(at.second()))));
        }
        Value::object(parts)
    }
}

fn local(at: civil::DateTime, zone: &TimeZone, kept: Kept) -> Result<Moment, jiff::Error> {
    Ok(Moment { zoned: at.to_zoned(zone.clone())?, kept })
}

fn read_text(text: &str, zone: &TimeZone) -> Option<Moment> {
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(Moment { zoned, kept: Kept::Instant });
    }
    // An offset without a zone name stays the offset it is.
    if let Ok(parsed) = BrokenDownTime::parse("%Y-%m-%dT%H:%M:%S%.f%:z", text)
        && let Ok(zoned) = parsed.to_zoned()
    {
        return Some(Moment { zoned, kept: Kept::Instant });
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(Moment { zoned: at.to_zoned(TimeZone::UTC), kept: Kept::Instant });
    }
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(text) {
        return Some(Moment { zoned, kept: Kept::Instant });
    }
    // A date parses as a date-time at midnight too, so the shorter form is asked first.
    if text.len() <= 10
        && let Ok(day) = text.parse::<civil::Date>()
    {
        return local(day.to_datetime(time(0, 0, 0, 0)), zone, Kept::Day).ok();
    }
    text.parse::<civil::DateTime>().ok().and_then(|at| local(at, zone, Kept::Local).ok())
}

fn unreadable(value: &Value, why: &str) -> Problem {
    let shown: String = value.to_json().chars().take(60).collect();
    Problem::new("date_time.unreadable", format!("{shown} cannot be read as a date: {why}."))
        .help("Say how the text is written, for example %d.%m.%Y, or filter such items out before.")
}
