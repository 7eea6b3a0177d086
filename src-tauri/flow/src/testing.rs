//! Generated flows with hostile strings, a fixed sample, and random edits: what the tests of this crate share.

use crate::facts::{Change, PLACE, between, spread};
use crate::format::{Data, Entry, Remarks, parse, print};
use crate::{Entity, Facts, FlowDoc, Format, Kind, Stamp};

pub const SAMPLE: &str = include_str!("../tests/sample.flow.yaml");
pub const NOW: Stamp<'static> = Stamp { label: "test", at: 1 };

/// SplitMix64: the same numbers on every machine.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

#[rustfmt::skip]
pub const HARD: &[&str] = &[
    "", " ", "a", "true", "no", "On", "null", "~", "1", "007", "1.5", "1e3", "0x1F", "0o17", "12:30:45", "2026-01-02", "1_000", ".inf", "-", "- a", "a: b", "a #b", "#x", "a:", ":a", "@x", "`x`", "%x", "&a", "*a", "!t",
    "|", ">", "[a]", "{a}", "a, b", "'", "\"", "it's \"so\"", "back\\slash", "tab\there", "cr\rlf", "two\nlines", "two\nlines\n", "keep\n\n", "\nlead", "  lead\nx", "a\n  b\n\nc\n", "\n", "\n\n", "a\n \nb", "trail \nx", "\t\ttab\nx",
    "${ctx.request.body.email}", "js/ctx.nodes.a.items.map(x => x.id)", "js/a ? b : c", "snow \u{2603}", "nbsp\u{a0}x", "ls\u{2028}x", "\u{feff}bom", "nul\u{0}x", "emoji \u{1F600}", "---", "...", "--- a", "<<", "=", "y", "N", "key: |\n  x", "# not a comment\nx",
    "const x = 1; // a: b # c\nif (x) {\n\treturn `${x}`;\n}\n", "'''", "a'''b\nc", "é", "_x", "$ref", "/path/to", "(x)", "a]b", "1 2", "1.2.3", "0", "-1", "+1", "a\u{85}b", "\u{7f}", "x\n# y", "|2", "a  b", "~2", "a/b", "~1", "!", "#a/", "#", "<<<<<<< x\ny", "?", "? a", "1:2", "-.5", "-x", "+", "0b1", "1e", ".", ".5", "5.", "é: x", "a\u{301}",
];

pub fn text(r: &mut Rng) -> String {
    if r.chance(70) {
        return (*r.pick(HARD)).into();
    }
    let letters: Vec<char> = " :#-?{}[],&*!|>'\"%@`\\\n\tab01._~/$=<é\u{1F600}".chars().collect();
    (0..r.below(12)).map(|_| *r.pick(&letters)).collect()
}

fn remark(r: &mut Rng) -> String {
    (*r.pick(&[" note", " a: b # c", "!", " \"q\" - [x", " ünï"])).into()
}

fn number(r: &mut Rng) -> Data {
    let x = match r.below(3) {
        0 => f64::from_bits(r.next()),
        1 => (r.below(80) as f64 - 40.0) / 4.0,
        _ => (r.next() >> 11) as f64 - 1e15,
    };
    Data::number(x).unwrap_or(Data::Int(0))
}

pub fn value(r: &mut Rng, depth: usize) -> Entry {
    match r.below(if depth > 3 { 6 } else { 9 }) {
        0 => Data::Null,
        1 => Data::Bool(r.chance(50)),
        2 | 3 => number(r),
        4 | 5 => Data::Text(text(r)),
        6 => Data::List((0..r.below(4)).map(|_| entry(r, depth)).collect()),
        _ => map(r, depth),
    }
    .into()
}

fn map(r: &mut Rng, depth: usize) -> Data {
    let mut map: Vec<(String, Entry)> = Vec::new();
    for _ in 0..r.below(4) {
        let key = text(r);
        if map.iter().all(|(k, _)| *k != key) {
            map.push((key, entry(r, depth)));
        }
    }
    Data::Map(map)
}

fn entry(r: &mut Rng, depth: usize) -> Entry {
    let mut entry = value(r, depth + 1);
    remarks(r, &mut entry);
    entry
}

fn remarks(r: &mut Rng, entry: &mut Entry) {
    if r.chance(15) {
        let mut above = vec![remark(r), String::new(), remark(r)];
        above.truncate(1 + r.below(3));
        if r.chance(20) {
            above.push(String::new());
        }
        entry.remarks.above = above;
    }
    if r.chance(15) {
        entry.remarks.right = Some(remark(r));
    }
    if !entry.data.is_flat() && r.chance(10) {
        entry.remarks.foot = vec![remark(r)];
    }
}

/// A whole flow: nodes with arbitrary settings and remarks, edges, blocks, layout, unknown keys.
pub fn flow(r: &mut Rng, nodes: usize) -> Entry {
    let mut top: Vec<(String, Entry)> = vec![("weft".into(), Data::Int(1).into()), ("name".into(), Data::Text(text(r)).into())];
    if r.chance(50) {
        top.push((format!("x-{}", r.below(9)), value(r, 3)));
    }
    if r.chance(30) {
        top.push(("config".into(), value(r, 2)));
    }
    let with = |r: &mut Rng, map: Vec<(String, Entry)>| {
        let mut entry = Entry::from(Data::Map(map));
        remarks(r, &mut entry);
        entry
    };
    let mut boxes = Vec::new();
    for i in 0..nodes {
        let mut map = vec![("type".to_string(), Data::from("data.set").into()), ("settings".to_string(), Entry::from(self::map(r, 0)))];
        if r.chance(30) {
            map.push(("x-unknown".into(), entry(r, 2)));
        }
        boxes.push((format!("n{i}"), with(r, map)));
    }
    let mut edges = Vec::new();
    for i in 1..nodes {
        let (from, to) = (format!("n{}", r.below(i)), format!("n{i}"));
        let mut edge = if r.chance(30) {
            Entry::from(Data::Map(vec![
                ("from".into(), Data::Text(from).into()),
                ("to".into(), Data::Text(to).into()),
                ("note".into(), Data::Text(text(r)).into()),
            ]))
        } else {
            Data::Text(format!("{from} -> {to}")).into()
        };
        remarks(r, &mut edge);
        edges.push(edge);
    }
    let text = Data::Text(text(r));
    let blocks = vec![("why".to_string(), with(r, vec![("type".into(), Data::from("note").into()), ("text".into(), text.into())]))];
    let spot =
        |i: usize| Entry::from(Data::List(vec![Data::Int(i as i64 * 40).into(), Data::number(i as f64 / 2.0).unwrap_or_default().into()]));
    let layout = (0..nodes).map(|i| (format!("n{i}"), spot(i))).collect();
    for (key, data) in
        [("nodes", Data::Map(boxes)), ("edges", Data::List(edges)), ("blocks", Data::Map(blocks)), ("layout", Data::Map(layout))]
    {
        top.push((key.into(), Entry { data, remarks: Remarks::default(), ..Entry::default() }));
    }
    Entry::from(Data::Map(top)).normal()
}

/// The facts of a text that is a flow.
pub fn facts(text: &str) -> Facts {
    parse(text, Format::Yaml).unwrap_or_else(|f| panic!("{}\n{text}", f[0])).facts
}

pub fn sample(peer: u64) -> FlowDoc {
    FlowDoc::seed(&facts(SAMPLE), peer).expect("the sample is a flow")
}

/// Another replica with the same history.
pub fn fork(doc: &FlowDoc, peer: u64) -> FlowDoc {
    FlowDoc::open(&doc.snapshot().expect("bytes"), [], peer).expect("own bytes")
}

pub fn yaml(facts: &Facts) -> String {
    print(facts, Format::Yaml)
}

/// A change of one field against what the document holds.
pub fn set(doc: &FlowDoc, entity: Entity, field: &str, after: Option<Data>) -> Change {
    let before = doc.facts().get(&entity).and_then(|f| f.get(field)).cloned();
    Change { entity, field: field.into(), before, after }
}

fn add(doc: &FlowDoc, entity: Entity, fields: &[(&str, Data)]) -> Vec<Change> {
    let last = doc.facts().iter().filter(|(e, _)| e.kind == entity.kind).map(|(_, f)| crate::facts::place_of(f)).max();
    let place = (PLACE, Data::Text(between(last, None)));
    let all = [place].into_iter().chain(fields.iter().cloned());
    all.map(|(field, data)| Change { entity: entity.clone(), field: field.into(), before: None, after: Some(data) }).collect()
}

/// As [`crate::Edit::Remove`] does: the edges of a node go too.
fn remove(doc: &FlowDoc, entity: &Entity) -> Vec<Change> {
    let touches = |e: &Entity| {
        let ends = crate::Ends::parse(&e.id).filter(|_| e.kind == Kind::Edge && entity.kind == Kind::Node);
        e == entity || ends.is_some_and(|ends| ends.from == entity.id || ends.to == entity.id)
    };
    let gone = doc.facts().iter().filter(|(e, _)| touches(e));
    let fields = gone.flat_map(|(e, f)| f.iter().map(move |(k, v)| (e.clone(), k.clone(), v.clone())));
    fields.map(|(entity, field, v)| Change { entity, field, before: Some(v), after: None }).collect()
}

/// Any edit a person could make, as changes.
pub fn random_changes(doc: &FlowDoc, r: &mut Rng, i: usize) -> Vec<Change> {
    let of = |kind: Kind| doc.facts().keys().filter(|e| e.kind == kind).cloned().collect::<Vec<_>>();
    let (nodes, edges) = (of(Kind::Node), of(Kind::Edge));
    let int = |n: usize| Data::Int(n as i64);
    if nodes.is_empty() || r.below(10) == 0 {
        let fields = [("type", Data::from("data.set")), ("settings/a", int(i)), ("settings/code", Data::from("one\ntwo\n"))];
        return add(doc, Entity::node(format!("new_{i}")), &fields);
    }
    let node = r.pick(&nodes).clone();
    match r.below(9) {
        0 => remove(doc, &node),
        1 => {
            let other = &r.pick(&nodes).id;
            let edge = Entity { kind: Kind::Edge, id: format!("{}.p{} -> {other}", node.id, r.below(3)) };
            if doc.facts().contains_key(&edge) { vec![] } else { add(doc, edge, &[("note", int(5))]) }
        }
        2 if !edges.is_empty() => remove(doc, r.pick(&edges)),
        3 => vec![set(doc, Entity::layout(), &node.id, Some(Data::List(vec![int(r.below(900)).into(), int(4).into()])))],
        4 => {
            let mut text = match doc.facts()[&node].get("settings/code") {
                Some(Data::Text(text)) => text.clone(),
                _ => "start\n".into(),
            };
            let at: Vec<usize> = (0..=text.len()).filter(|i| text.is_char_boundary(*i)).collect();
            text.insert_str(*r.pick(&at), r.pick::<&str>(&["x", "\n", "word ", "é"]));
            vec![set(doc, node, "settings/code", Some(Data::Text(text)))]
        }
        5 => {
            let mut list = match doc.facts()[&node].get("settings/list") {
                Some(Data::List(list)) => list.clone(),
                _ => vec![],
            };
            match r.below(3) {
                0 if !list.is_empty() => drop(list.remove(r.below(list.len()))),
                1 if list.len() > 1 => list.rotate_right(1),
                _ => list.push(Data::Map(vec![("z".into(), int(i).into()), ("a".into(), Data::from("t").into())]).into()),
            }
            vec![set(doc, node, "settings/list", Some(Data::List(list)))]
        }
        6 => vec![set(doc, node, "name", Some(Data::Text(format!("Name {i}"))))],
        7 => vec![set(doc, node, PLACE, Some(Data::Text(between(Some(r.pick(&spread(9)).as_str()), None))))],
        _ => vec![set(doc, node, "#a/settings", Some(Data::Text(format!(" remark {i}"))))],
    }
}
