use super::*;
use crate::testing::{Rng, SAMPLE, facts, yaml};

#[test]
fn places_stay_short_and_in_order() {
    let (a, b) = ("001i".to_string(), "002i".to_string());
    let (mut low, mut high, mut end) = (a.clone(), b.clone(), a.clone());
    for _ in 0..1000 {
        low = between(Some(&low), Some(&b));
        high = between(Some(&a), Some(&high));
        let next = between(Some(&end), None);
        assert!(next > end && low < b && high > a);
        end = next;
    }
    assert!(end.len() < 64 && low.len() < 300 && high.len() < 300, "{} {} {}", end.len(), low.len(), high.len());
    let all = spread(50_000);
    assert!(all.windows(2).all(|w| w[0] < w[1]));
    assert!(between(Some(&a), Some(&a)) > a, "equal neighbours: after the first");
    assert!(between(None, Some("0001i")).as_str() < "0001i");
}

#[test]
fn only_what_moved_gets_a_new_place() {
    let old = facts(SAMPLE);
    let mut new = facts(
        &SAMPLE.replace("  - on_order -> fetch\n", "").replace("  - clean -> store\n", "  - clean -> store\n  - on_order -> fetch\n"),
    );
    keep_places(&old, &mut new);
    let moved = diff(&old, &new);
    assert_eq!(moved.len(), 1, "{moved:?}");
    assert_eq!((moved[0].entity.id.as_str(), moved[0].field.as_str()), ("on_order -> fetch", PLACE));
}

#[test]
fn keys_survive_as_parts_of_paths() {
    let mut r = Rng(5);
    for _ in 0..5000 {
        let key = crate::testing::text(&mut r);
        let part = path::escape(&key).into_owned();
        assert!(!part.is_empty() && !part.contains('/') && !path::is_hidden(&part));
        assert_eq!(path::unescape(&part), key);
    }
}

#[test]
fn changes_are_kept_as_json_with_remarks_and_nulls() {
    let mut r = Rng(6);
    for _ in 0..500 {
        let one = |r: &mut Rng| r.chance(80).then(|| crate::testing::value(r, 2).normal().data);
        let change = Change { entity: Entity::node("a"), field: "x".into(), before: one(&mut r), after: one(&mut r) };
        let json = serde_json::to_string(&change).expect("JSON");
        assert_eq!(serde_json::from_str::<Change>(&json).expect("the same"), change, "{json}");
        assert_eq!(change.inverse().inverse(), change);
    }
}

#[test]
fn known_keys_have_an_order_and_unknown_ones_their_place() {
    let text = "x-a: 1\nname: nn\nx-b: 2\nweft: 1\nenv:\n  B: 1\n  A: 2\nx-c:\n  k: 1\nconfig:\n  z: 1\ndurability: run\nlayout:\n  a: [1, 2]\nnodes:\n  a:\n    settings: {}\n    x-last: 1\n    type: t\n";
    let want = "x-a: 1\nweft: 1\nx-b: 2\nname: nn\ndurability: run\n\nconfig:\n  z: 1\n\nx-c:\n  k: 1\n\nenv:\n  B: 1\n  A: 2\n\nnodes:\n  a:\n    settings: {}\n    x-last: 1\n    type: t\n\nlayout:\n  a: [1, 2]\n";
    assert_eq!(yaml(&facts(text)), want);
    assert_eq!(facts(want), facts(text));
}
