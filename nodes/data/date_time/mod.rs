//! Reads, writes and computes with dates and times.

mod moment;

use jiff::{Span, Unit as JiffUnit, tz::TimeZone};
use moment::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use weft_node::{Body, Context, Item, ItemNode, Map, NodeType, Outputs, Port, Problem, Result, Value, files, item, pure, schema};

#[derive(Deserialize, JsonSchema)]
pub struct DateTime {
    /// The field with the date. Empty: the time at which the step runs.
    #[serde(default)]
    pub field: Option<String>,
    /// What is done with it.
    #[serde(default, rename = "do")]
    pub action: Action,
    /// Field that gets the result; the same one where nothing is said.
    #[serde(default)]
    pub into: Option<String>,
    /// Time zone for dates that name none: `Europe/Berlin`. Where nothing is said: the run's.
    #[serde(default)]
    pub zone: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Turn text or a number into an ISO date: `2014-03-01`, `2014-03-01T10:00:00+01:00`.
    Read {
        /// How the text is written: `%d.%m.%Y`. Where nothing is said: ISO, RFC 2822, or seconds or milliseconds since 1970.
        #[serde(default)]
        format: Option<String>,
    },
    /// Write it in another way.
    Write {
        /// `%A, %d %B %Y`
        format: String,
    },
    /// Add a time span.
    Add {
        /// `3 days`, `2 weeks 4 hours`, `-1 month`
        span: String,
    },
    /// Go to the start of a day, month or year.
    StartOf { unit: Unit },
    /// How long until another date.
    Until {
        /// The other date, or an expression that gives it.
        to: Value,
        unit: Unit,
    },
    /// Take it apart into year, month, day, weekday, hour, minute, second.
    Parts,
}

impl Default for Action {
    fn default() -> Self {
        Action::Read { format: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

impl Unit {
    fn jiff(self) -> JiffUnit {
        match self {
            Unit::Seconds => JiffUnit::Second,
            Unit::Minutes => JiffUnit::Minute,
            Unit::Hours => JiffUnit::Hour,
            Unit::Days => JiffUnit::Day,
            Unit::Weeks => JiffUnit::Week,
            Unit::Months => JiffUnit::Month,
            Unit::Years => JiffUnit::Year,
        }
    }
}

impl ItemNode for DateTime {
    async fn run(&self, item: &Item, cx: &Context) -> Result<Outputs> {
        let name = self.zone.as_deref().unwrap_or(&cx.caller.time_zone);
        let zone = TimeZone::get(name).map_err(|_| {
            Problem::setting("zone", format!("\"{name}\" is no known time zone."))
                .help("Write it as Europe/Berlin, America/New_York or UTC.")
        })?;
        let field = self.field.as_deref().filter(|field| !field.is_empty());
        let format = match &self.action {
            Action::Read { format } => format.as_deref(),
            _ => None,
        };
        let moment = match field {
            None => Moment::now(cx.caller.now_ms, zone.clone())?,
            Some(field) => match item.json.at(field) {
                None | Some(Value::Null) => {
                    return Err(Problem::new("date_time.missing", format!("The item has no \"{field}\"."))
                        .field("settings/field")
                        .help("Name a field that every item has, or filter such items out before."));
                }
                Some(value) => Moment::read(value, format, &zone).map_err(|problem| problem.field("settings/field"))?,
            },
        };
        let result = self.act(moment, &zone)?;
        let into = self.into.as_deref().or(field).unwrap_or("now");
        let json = match &item.json {
            json @ Value::Object(_) => json.with(into, result),
            _ => Value::from(Map::default()).with(into, result),
        };
        Ok(Outputs::one(item.with_json(json)))
    }
}

impl DateTime {
    fn act(&self, moment: Moment, zone: &TimeZone) -> Result<Value> {
        let failed =
            |error: jiff::Error| Problem::new("date_time.failed", format!("The date cannot be computed: {error}.")).field("settings/do");
        Ok(match &self.action {
            Action::Read { .. } => moment.to_text().into(),
            Action::Write { format } => {
                let text = jiff::fmt::strtime::format(format, moment.zoned()).map_err(|error| {
                    Problem::setting("do/format", format!("The format cannot be used: {error}."))
                        .help("Use codes such as %Y, %m, %d, %H, %M.")
                })?;
                text.into()
            }
            Action::Add { span } => {
                let span: Span = span.parse().map_err(|_| {
                    Problem::setting("do/span", format!("\"{span}\" is no time span."))
                        .help("Write it as 3 days, 2 weeks 4 hours or -1 month.")
                })?;
                moment.add(span).map_err(failed)?.to_text().into()
            }
            Action::StartOf { unit } => moment.start_of(unit.jiff()).map_err(failed)?.to_text().into(),
            Action::Until { to, unit } => {
                let other = Moment::read(to, None, zone).map_err(|problem| problem.field("settings/do/to"))?;
                let span = moment.zoned().until((unit.jiff(), other.zoned())).map_err(failed)?;
                span.total((unit.jiff(), moment.zoned())).map_err(failed)?.into()
            }
            Action::Parts => moment.parts(),
        })
    }
}

pub static NODE: NodeType = NodeType {
    id: "data.date_time",
    version: 1,
    title: "Date and time",
    summary: "Reads, writes and computes with dates.",
    keywords: &["parse date", "format date", "add days", "weekday", "timezone", "now"],
    inputs: Port::IN,
    outputs: Port::OUT,
    body: Body::Item(item::<DateTime>),
    join: None,
    run_on_empty: false,
    routing: false,
    effect: pure,
    card: &["{do.action} {field}", "{field}"],
    schema: schema::<DateTime>,
    files: files!(),
};
