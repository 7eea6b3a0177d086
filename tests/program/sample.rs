//! The sample over real weather, through the real program; its figures are computed a second time here, by other means.

use crate::place::Place;
use serde_json::Value;
use std::collections::BTreeMap;

/// One month of the table, from the text of the file alone.
#[derive(Default)]
struct Month {
    rain: f64,
    wet: u32,
    high: f64,
    low: f64,
    days: u32,
    wettest: f64,
}

fn months(csv: &str) -> BTreeMap<String, Month> {
    let mut months: BTreeMap<String, Month> = BTreeMap::new();
    for line in csv.lines().skip(1).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[0] < "2013-01-01" {
            continue;
        }
        let number = |at: usize| cells[at].parse::<f64>().expect("a number");
        let month = months.entry(cells[0][..7].to_owned()).or_default();
        month.rain += number(1);
        month.wet += u32::from(number(1) > 0.0);
        month.high += number(2);
        month.low += number(3);
        month.days += 1;
        month.wettest = month.wettest.max(number(1));
    }
    months
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9 * (1.0 + b.abs())
}

#[test]
fn the_sample_gives_the_right_figures_as_items_table_and_report() {
    let place = Place::sample();
    place.expect(0, &["grant", "seattle-weather", "--yes"]);
    let out = place.json(&["run", "seattle-weather", "--output", "json"]);
    assert_eq!(out["status"], "finished");
    let wanted = months(&std::fs::read_to_string(place.workspace().join("data/seattle-weather.csv")).expect("the table"));
    assert_eq!(wanted.len(), 36);

    let read = out["out"]["read_csv"][0]["main"][0].as_array().expect("items");
    let kept = out["out"]["from_2013"][0]["main"][0].as_array().expect("items");
    assert_eq!((read.len(), kept.len()), (1461, 1095));
    let given = out["out"]["by_month"][0]["main"][0].as_array().expect("items");
    assert_eq!(given.len(), 36);
    for (item, (name, month)) in given.iter().zip(&wanted) {
        let number = |key: &str| item[key].as_f64().unwrap_or_else(|| panic!("{key} of {item}"));
        assert_eq!(item["month"], name.as_str());
        assert!(close(number("rain_mm"), month.rain), "{item}");
        assert!(
            close(number("high"), month.high / f64::from(month.days)) && close(number("low"), month.low / f64::from(month.days)),
            "{item}"
        );
        assert_eq!((number("wet_days") as u32, number("days") as u32), (month.wet, month.days), "{item}");
        assert!(close(number("wettest_day"), month.wettest), "{item}");
    }

    let db = rusqlite::Connection::open(place.workspace().join("weather.db")).expect("the table was written");
    let (rows, rain): (i64, f64) =
        db.query_row("SELECT count(*), sum(rain_mm) FROM months", [], |row| Ok((row.get(0)?, row.get(1)?))).expect("a row");
    assert_eq!(rows, 36);
    assert!(close(rain, wanted.values().map(|month| month.rain).sum()));
    let report = std::fs::read_to_string(place.workspace().join("report.md")).expect("the report was written");
    assert!(report.starts_with("# Rain and warmth in Seattle\n"), "{report}");
    assert_eq!(report.lines().filter(|line| line.starts_with("| 201")).count(), 36);
    assert!(report.contains("| 2014-03 | 240.0 | 20 |") || report.contains("| 2014-03 | 240 | 20 |"), "{report}");

    // A second run replaces, it does not add.
    place.expect(0, &["run", "seattle-weather"]);
    let rows: i64 = db.query_row("SELECT count(*) FROM months", [], |row| row.get(0)).expect("a row");
    assert_eq!(rows, 36);
}

#[test]
fn the_sample_is_in_order() {
    let place = Place::sample();
    place.expect(0, &["validate"]);
    place.expect(0, &["fmt", "--check"]);
    let out: Value = serde_json::from_str(&place.expect(0, &["nodes", "--json"])).expect("JSON");
    assert_eq!(out.as_array().map(Vec::len), Some(19));
}
