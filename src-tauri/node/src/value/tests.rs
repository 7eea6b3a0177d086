use super::*;
use proptest::prelude::*;

#[test]
fn numbers_are_compared_by_value_and_written_as_javascript_does() {
    assert_eq!(Value::from(1i64), Value::from(1.0));
    assert_ne!(Value::from(u64::MAX), Value::from(u64::MAX as f64 * 2.0));
    for (n, text) in [(5.0, "5"), (1e21, "1e+21"), (-0.0, "0"), (0.1, "0.1"), (1e-7, "1e-7")] {
        assert_eq!(Value::from(n).to_text(), text);
    }
    assert_eq!(Value::from(f64::NAN), Value::Null);
    assert_eq!(Value::from_json("9007199254740993").expect("JSON").to_text(), "9007199254740993");
}

#[test]
fn order_of_keys_is_kept_and_ignored_by_equality() {
    let a = Value::from_json(r#"{"b":1,"a":2}"#).expect("JSON");
    assert_eq!(a.to_json(), r#"{"b":1,"a":2}"#);
    assert_eq!(a, Value::from_json(r#"{"a":2,"b":1}"#).expect("JSON"));
    assert_eq!(a.with("b", Value::Null).to_json(), r#"{"b":null,"a":2}"#);
}

#[test]
fn depth_is_capped_while_reading() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(Value::from_json(&deep(120)).is_ok());
    assert!(Value::from_json(&deep(129)).is_err());
    assert!(Value::from_json(&deep(1_000_000)).is_err());
}

#[test]
fn large_objects_find_their_members() {
    let mut map: Map = (0..1000).map(|i| (format!("k{i}"), Value::from(i as i64))).collect();
    assert_eq!(map.get("k777"), Some(&Value::from(777i64)));
    assert_eq!(map.remove("k0"), Some(Value::from(0i64)));
    assert_eq!(map.get("k999"), Some(&Value::from(999i64)));
    assert_eq!(map.insert("k1", Value::Null), Some(Value::from(1i64)));
    assert_eq!(map.len(), 999);
}

#[test]
fn paths_reach_members_and_positions() {
    let v = Value::from_json(r#"{"a":{"b":[1,{"c":2}]},"x.y":3}"#).expect("JSON");
    assert_eq!(v.at("a.b.1.c"), Some(&Value::from(2i64)));
    assert_eq!(v.at("x.y"), Some(&Value::from(3i64)));
    assert_eq!(v.at("a.q"), None);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::list),
            prop::collection::vec((".*", inner), 0..6).prop_map(Value::object),
        ]
    })
}

proptest! {
    #[test]
    fn json_round_trips(v in any_value()) {
        let text = v.to_json();
        let back = Value::from_json(&text).expect("JSON");
        prop_assert_eq!(&back, &v);
        prop_assert_eq!(back.to_json(), text);
        prop_assert_eq!(Value::from(serde_json::Value::from(&v)), v);
    }
}
