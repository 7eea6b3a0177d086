//! Places among siblings: text keys with room between any two, so that a move is one write.

use super::{Facts, PLACE, place_of};
use crate::format::Data;
use crate::ids::{Entity, Kind};
use std::collections::BTreeSet;

const DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// `n` places with room before, between and after.
pub fn spread(n: usize) -> Vec<String> {
    // Short for what is common, longer where a million would not fit; ends in a middle digit: room below.
    let width = if n < 36 * 36 * 36 * 35 { 4 } else { 8 };
    let place = |i: usize| {
        let mut rest = i + 1;
        let mut digits: Vec<u8> = (0..width)
            .map(|_| {
                let digit = DIGITS[rest % 36];
                rest /= 36;
                digit
            })
            .collect();
        digits.reverse();
        digits.push(b'i');
        digits.into_iter().map(char::from).collect()
    };
    (0..n).map(place).collect()
}

/// A place between two others; an open end is `None`. Equal or crossed neighbours give a place after the first: the id decides.
pub fn between(low: Option<&str>, high: Option<&str>) -> String {
    let digit = |text: Option<&str>, i: usize| {
        let found = text.and_then(|t| t.as_bytes().get(i)).and_then(|c| DIGITS.iter().position(|d| d == c));
        found.unwrap_or(0)
    };
    let open = high.is_none();
    let (mut out, mut high) = (String::new(), high.filter(|h| low.is_none_or(|l| l < *h)));
    let longest = low.map_or(0, str::len).max(high.map_or(0, str::len)) + 2;
    for i in 0..longest {
        let from = digit(low, i);
        let to = high.map_or(36, |h| digit(Some(h), i));
        if to > from + 1 {
            // At an open end small steps: a thousand appends stay short.
            let step = if open && i > 0 { from + 1 } else { (from + to) / 2 };
            out.push(DIGITS[step] as char);
            return out;
        }
        out.push(DIGITS[from] as char);
        if to > from {
            high = None; // one below: whatever follows stays below it
        }
    }
    out.push('i');
    out
}

/// Gives the entities of `new` the places they have in `old` where the order allows; only what moved gets a new place.
pub fn keep_places(old: &Facts, new: &mut Facts) {
    for kind in [Kind::Node, Kind::Edge, Kind::Block] {
        let order: Vec<Entity> = super::ordered(new, kind).into_iter().map(|(e, _)| e.clone()).collect();
        let known: Vec<Option<&str>> = order.iter().map(|e| old.get(e).map(place_of)).collect();
        let keep = longest_ascent(&order, &known);
        // For each position the next kept place, from the right.
        let mut above = vec![None; order.len() + 1];
        for i in (0..order.len()).rev() {
            above[i] = if keep.contains(&i) { known[i] } else { above[i + 1] };
        }
        let mut low: Option<String> = None;
        for (i, entity) in order.iter().enumerate() {
            let place = match known[i] {
                Some(place) if keep.contains(&i) => place.to_string(),
                _ => between(low.as_deref(), above[i + 1]),
            };
            if let Some(fields) = new.get_mut(entity) {
                fields.insert(PLACE.into(), Data::Text(place.clone()));
            }
            low = Some(place);
        }
    }
}

/// The longest run of known places that already ascend; equal places are ordered by id.
fn longest_ascent(order: &[Entity], known: &[Option<&str>]) -> BTreeSet<usize> {
    let mut tails: Vec<((&str, &Entity), usize)> = Vec::new();
    let mut previous = vec![None; order.len()];
    for (i, place) in known.iter().enumerate() {
        let Some(place) = place else { continue };
        let key = (*place, &order[i]);
        let at = tails.partition_point(|(tail, _)| *tail < key);
        previous[i] = at.checked_sub(1).map(|before| tails[before].1);
        if at == tails.len() {
            tails.push((key, i));
        } else {
            tails[at] = (key, i);
        }
    }
    let mut keep = BTreeSet::new();
    let mut at = tails.last().map(|(_, i)| *i);
    while let Some(i) = at {
        keep.insert(i);
        at = previous[i];
    }
    keep
}
