//! Three-way merging: what both sides wanted, and the few places where they cannot both have it.

use crate::facts::{Change, Facts, PLACE, diff, keep_places, path};
use crate::format::{Data, Entry};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;
use std::hash::Hash;

/// A value both sides changed to two, or an entity one side removed and the other changed. Ours was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// What they did to it, from the common base.
    pub theirs: Change,
    /// What stands there now.
    pub ours: Option<Data>,
}

/// `base` to `theirs` carried out on `ours`. `None`: both changed one value, differently.
pub(crate) fn merge_value(base: Option<&Data>, ours: Option<&Data>, theirs: Option<&Data>) -> Option<Option<Data>> {
    if ours == base || ours == theirs {
        return Some(theirs.cloned());
    }
    if theirs == base {
        return Some(ours.cloned());
    }
    match (base?, ours?, theirs?) {
        (Data::Text(b), Data::Text(o), Data::Text(t)) if [b, o, t].iter().all(|text| text.contains('\n')) => {
            Some(Some(Data::Text(merge_text(b, o, t))))
        }
        (Data::List(b), Data::List(o), Data::List(t)) => Some(Some(Data::List(merge_lists(b, o, t)))),
        _ => None,
    }
}

/// By words: insertions of both stay, a word stays if both kept it.
pub(crate) fn merge_text(base: &str, ours: &str, theirs: &str) -> String {
    merge_tokens(&words(base), &words(ours), &words(theirs)).concat()
}

fn merge_lists(base: &[Entry], ours: &[Entry], theirs: &[Entry]) -> Vec<Entry> {
    let key = |list: &[Entry]| list.iter().map(|e| e.pack().to_json()).collect::<Vec<_>>();
    let (base_keys, our_keys, their_keys) = (key(base), key(ours), key(theirs));
    let sides = [(&base_keys, base), (&our_keys, ours), (&their_keys, theirs)];
    let known: HashMap<&String, &Entry> = sides.into_iter().flat_map(|(keys, list)| keys.iter().zip(list)).collect();
    let merged = merge_tokens(&base_keys, &our_keys, &their_keys);
    merged.iter().filter_map(|key| known.get(key).map(|entry| (*entry).clone())).collect()
}

/// Keeps a token if both kept it; insertions of both stay, equal ones once. Never refuses.
fn merge_tokens<T: Clone + Hash + Ord>(base: &[T], ours: &[T], theirs: &[T]) -> Vec<T> {
    let side = |new: &[T]| {
        let mut kept = vec![true; base.len()];
        let mut inserted: Vec<Vec<T>> = vec![Vec::new(); base.len() + 1];
        for op in capture_diff_slices(Algorithm::Myers, base, new) {
            if !matches!(op, DiffOp::Equal { .. }) {
                kept[op.old_range()].fill(false);
                inserted[op.old_range().start].extend_from_slice(&new[op.new_range()]);
            }
        }
        (kept, inserted)
    };
    let ((kept_here, ins_here), (kept_there, ins_there)) = (side(ours), side(theirs));
    let mut out = Vec::new();
    for i in 0..=base.len() {
        out.extend_from_slice(&ins_here[i]);
        if ins_here[i] != ins_there[i] {
            out.extend_from_slice(&ins_there[i]);
        }
        if i < base.len() && kept_here[i] && kept_there[i] {
            out.push(base[i].clone());
        }
    }
    out
}

/// Runs of letters and digits; everything else character by character.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(if run > 0 { run } else { first.len_utf8() });
        out.push(word);
        rest = after;
    }
    out
}

/// Three files without common history: ours, and what changed from `base` to `theirs`. Conflicts keep ours and are listed;
/// where only comments or key orders clash, ours stay.
pub fn merge3(base: &Facts, ours: &Facts, theirs: &Facts) -> (Facts, Vec<Conflict>) {
    let (mut out, mut theirs) = (ours.clone(), theirs.clone());
    keep_places(base, &mut theirs);
    keep_places(base, &mut out);
    let mut conflicts = Vec::new();
    for change in diff(base, &theirs) {
        let entity = &change.entity;
        let (in_base, here, there) = (base.get(entity), ours.get(entity), theirs.get(entity));
        match (in_base, here, there) {
            // They removed it; if we changed it meanwhile that is a conflict, else it goes.
            (Some(was), Some(here), None) => {
                if change.field == PLACE {
                    let same = |(k, v): (&String, &Data)| k == PLACE || here.get(k) == Some(v);
                    if was.len() == here.len() && was.iter().all(same) {
                        out.remove(entity);
                    } else {
                        conflicts.push(Conflict { ours: here.get(PLACE).cloned(), theirs: change });
                    }
                }
            }
            (Some(_), None, Some(_)) => {
                if change.field != PLACE {
                    conflicts.push(Conflict { theirs: change, ours: None });
                }
            }
            (_, None, None) => {}
            _ => {
                let current = out.get(entity).and_then(|fields| fields.get(&change.field)).cloned();
                match merge_value(change.before.as_ref(), current.as_ref(), change.after.as_ref()) {
                    Some(value) => {
                        let fields = out.entry(entity.clone()).or_default();
                        match value {
                            Some(value) => fields.insert(change.field, value),
                            None => fields.remove(&change.field),
                        };
                    }
                    None if path::is_hidden(&change.field) => {}
                    None => conflicts.push(Conflict { theirs: change, ours: current }),
                }
            }
        }
    }
    (out, conflicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doc::Policy;
    use crate::testing::*;
    use crate::{Entity, Format};

    #[test]
    fn three_files_merge_and_only_real_conflicts_are_listed() {
        let ours =
            SAMPLE.replace("https://api", "https://ours").replace("table: orders", "table: orders_eu").replace("  - clean -> store\n", "");
        let theirs = SAMPLE
            .replace("table: orders", "table: orders_us")
            .replace("timeout: 30", "timeout: 45 # slow on Mondays")
            .replace("l.amount > 0)", "l.amount > 1)")
            .replace("  clean:\n", "  audit:\n    type: data.log\n\n  clean:\n");
        let (merged, conflicts) = merge3(&facts(SAMPLE), &facts(&ours), &facts(&theirs));
        let fields: Vec<_> = conflicts.iter().map(|c| (c.theirs.entity.id.as_str(), c.theirs.field.as_str())).collect();
        assert_eq!(fields, [("store", "settings/table")]);
        assert_eq!(conflicts[0].ours, Some("orders_eu".into()));
        let want = theirs.replace("https://api", "https://ours").replace("orders_us", "orders_eu").replace("  - clean -> store\n", "");
        assert_eq!(yaml(&merged), want);
    }

    #[test]
    fn removed_here_and_changed_there_is_a_conflict() {
        let gone = SAMPLE.replace("  store:\n    type: database.sqlite\n    settings:\n      table: orders\n      mode: upsert\n\n", "");
        let changed = SAMPLE.replace("mode: upsert", "mode: insert");
        let (merged, conflicts) = merge3(&facts(SAMPLE), &facts(&gone), &facts(&changed));
        assert_eq!((conflicts.len(), merged.contains_key(&Entity::node("store"))), (1, false));
        let (merged, conflicts) = merge3(&facts(SAMPLE), &facts(&changed), &facts(&gone));
        assert_eq!((conflicts.len(), merged.contains_key(&Entity::node("store"))), (1, true));
        let (merged, conflicts) = merge3(&facts(SAMPLE), &facts(SAMPLE), &facts(&gone));
        assert_eq!((conflicts.len(), merged.contains_key(&Entity::node("store"))), (0, false));
    }

    /// No scalar edit of either side is lost unless it is listed, and the result is a flow.
    #[test]
    fn random_pairs_lose_nothing_unlisted() {
        for seed in 0..60 {
            let mut r = Rng(seed);
            let base = sample(1);
            let (mut a, mut b) = (fork(&base, 2), fork(&base, 3));
            for i in 0..8 {
                for (doc, n) in [(&mut a, 1000), (&mut b, 2000)] {
                    let changes = random_changes(doc, &mut r, n + i);
                    doc.apply_changes(&changes, Policy::Newest, NOW).expect("edit");
                }
            }
            let [base, a, b] = [&base, &a, &b].map(|doc| facts(&doc.text(Format::Yaml)));
            let (merged, conflicts) = merge3(&base, &a, &b);
            for (one, other) in [(&a, &b), (&b, &a)] {
                for change in diff(&base, one) {
                    let text = change.after.as_ref().and_then(Data::as_text).is_some_and(|t| t.contains('\n'));
                    if change.after.is_none() || path::is_hidden(&change.field) || text || matches!(change.after, Some(Data::List(_))) {
                        continue;
                    }
                    let there = merged.get(&change.entity).and_then(|f| f.get(&change.field)) == change.after.as_ref();
                    let gone = base.contains_key(&change.entity) && !other.contains_key(&change.entity);
                    let listed = conflicts
                        .iter()
                        .any(|c| c.theirs.entity == change.entity && [change.field.as_str(), PLACE].contains(&c.theirs.field.as_str()));
                    assert!(there || gone || listed, "seed {seed}: {change:?}");
                }
            }
            facts(&yaml(&merged));
        }
    }

    #[test]
    fn words_of_both_stay() {
        assert_eq!(merge_text("one two three", "one 2 three", "one two three four"), "one 2 three four");
        assert_eq!(merge_text("a b", "a x b", "a x b"), "a x b");
        assert_eq!(merge_text("", "x", "y"), "xy");
    }
}
