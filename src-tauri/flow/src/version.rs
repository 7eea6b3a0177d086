//! The version of a flow: a hash of its logic, which moving a box, a comment or a drawn note does not change.

use crate::facts::{Facts, path};
use crate::format::{Data, Entry, Format, print};
use crate::ids::Kind;

/// BLAKE3 of the canonical text without layout, blocks and comments, as 64 hexadecimal digits.
pub fn version(facts: &Facts) -> String {
    let logic: Facts = facts
        .iter()
        .filter(|(entity, _)| !matches!(entity.kind, Kind::Block | Kind::Layout))
        .map(|(entity, fields)| {
            let is_remark = |field: &str| path::is_hidden(field) && ["#a/", "#r/", "#f/"].iter().any(|mark| field.starts_with(mark));
            let fields = fields.iter().filter(|(field, _)| !is_remark(field)).map(|(field, data)| (field.clone(), bare(data)));
            (entity.clone(), fields.collect())
        })
        .collect();
    blake3::hash(print(&logic, Format::Yaml).as_bytes()).to_hex().to_string()
}

fn bare(data: &Data) -> Data {
    match data {
        Data::List(list) => Data::List(list.iter().map(Entry::bare).collect()),
        data => data.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::version;
    use crate::testing::{SAMPLE, facts};

    #[test]
    fn only_logic_changes_the_version() {
        let of = |text: &str| version(&facts(text));
        let now = of(SAMPLE);
        assert_eq!(now.len(), 64);
        for same in [
            ("fetch: [240, 0]", "fetch: [0, 0]"),
            ("# Owner: Dana.", "# Owner: Eve."),
            ("## Why twice?", "## Why?"),
            ("25000.5 # in euro", "25000.5"),
        ] {
            assert_eq!(of(&SAMPLE.replace(same.0, same.1)), now, "{same:?}");
        }
        for other in [
            ("timeout: 30", "timeout: 31"),
            ("- fetch -> clean\n", "- fetch.more -> clean\n"),
            ("durability: step", "durability: run"),
            ("region: eu", "region: us"),
        ] {
            assert_ne!(of(&SAMPLE.replace(other.0, other.1)), now, "{other:?}");
        }
    }
}
