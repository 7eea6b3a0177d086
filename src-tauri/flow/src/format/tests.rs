use super::*;
use crate::facts::path;
use crate::testing::*;
use std::io::Write;
use std::process::{Command, Stdio};

fn refusal(text: &str) -> Finding {
    let mut findings = parse(text, Format::Yaml).expect_err(text);
    findings.remove(0)
}

#[test]
fn the_sample_is_canonical() {
    assert_eq!(yaml(&facts(SAMPLE)), SAMPLE);
}

/// parse(print(x)) = x, and print(parse(canonical)) = the same bytes; JSON likewise but for remarks.
#[test]
fn thousands_of_generated_flows_survive_the_file() {
    let mut r = Rng(7);
    for i in 0..2000 {
        let tree = Entry::from(Data::Map(vec![("k".into(), value(&mut r, 0))])).normal();
        let text = print_tree(&tree, Format::Yaml);
        let back = parse_tree(&text, Format::Yaml).unwrap_or_else(|f| panic!("tree {i}: {f}\n{text}"));
        assert_eq!(back, tree, "tree {i}\n{text}\n--- got\n{}", print_tree(&back, Format::Yaml));
        assert_eq!(print_tree(&back, Format::Yaml), text);
        let json = print_tree(&tree, Format::Json);
        assert_eq!(parse_tree(&json, Format::Json).expect("JSON"), tree.bare(), "{json}");

        let nodes = 1 + r.below(5);
        let (facts, _) = flatten(&flow(&mut r, nodes)).expect("a flow");
        let text = yaml(&facts);
        let back = self::facts(&text);
        assert_eq!(crate::diff(&facts, &back), [], "flow {i}\n{text}");
        assert_eq!(yaml(&back), text);
        let json = print(&facts, Format::Json);
        let back = parse(&json, Format::Json).unwrap_or_else(|f| panic!("{}\n{json}", f[0])).facts;
        assert_eq!(print(&back, Format::Json), json);
        assert_eq!(assemble(&back), assemble(&facts).bare(), "{json}");
        assert_eq!(back, self::facts(&json), "JSON is YAML too: both readers see the same\n{json}");
    }
}

/// What a reader of YAML 1.1 sees in our text is what we meant.
#[test]
fn a_foreign_reader_sees_the_same_values() {
    let mut r = Rng(11);
    let flows: Vec<Entry> = (0..300).map(|_| assemble(&flatten(&flow(&mut r, 3)).expect("a flow").0)).collect();
    let lines: String = flows
        .iter()
        .map(|f| {
            serde_json::json!({"yaml": print_tree(f, Format::Yaml), "value": serde_json::Value::from(f.data.to_value())}).to_string() + "\n"
        })
        .collect();
    let script = r#"
import json, sys, yaml
def norm(v):
    if isinstance(v, dict): return {k: norm(x) for k, x in v.items()}
    if isinstance(v, list): return [norm(x) for x in v]
    if isinstance(v, float) and v == int(v) and abs(v) < 2**53: return int(v)
    return v
for n, line in enumerate(sys.stdin.buffer):
    d = json.loads(line)
    v = norm(yaml.safe_load(d['yaml']))
    assert repr(v) == repr(norm(d['value'])), 'flow %d\n%s\n%r' % (n, d['yaml'], v)
print('read', n + 1)
"#;
    let mut python = Command::new("python3")
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this test needs python3 with PyYAML: `apt install python3-yaml`, or run `./dev test`, which does");
    let written = python.stdin.take().expect("piped").write_all(lines.as_bytes());
    let out = python.wait_with_output().expect("python3 ends");
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    assert!(
        !said.contains("No module named 'yaml'"),
        "this test needs PyYAML: `apt install python3-yaml`, or run `./dev test`, which does"
    );
    assert_eq!(said.trim(), "read 300");
    written.expect("it read everything");
}

/// No panic, and what was accepted prints to something that reads the same.
#[test]
fn mutants_are_read_or_refused() {
    let mut r = Rng(1);
    let (mut read, mut refused) = (0, 0);
    let bits: [&[u8]; 20] = [
        b"\n",
        b"  ",
        b"#",
        b": ",
        b"- ",
        b"\t",
        b"\r\n",
        b"'",
        b"\"",
        b"|",
        b"&a ",
        b"*a",
        b"{",
        b"]",
        b"!!int ",
        b"---\n",
        b"\n\n# c\n",
        b"? ",
        b",",
        b" # r\n",
    ];
    for i in 0..6000 {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        if i % 4 == 0 {
            let at = r.below(bytes.len());
            match r.below(4) {
                0 => (0..1 + r.below(5)).for_each(|_| {
                    let at = r.below(bytes.len());
                    bytes[at] = r.next() as u8;
                }),
                1 => bytes.truncate(at),
                2 => drop(bytes.drain(at..(at + r.below(200)).min(SAMPLE.len()))),
                _ => drop(bytes.splice(at..at, (0..r.below(40)).map(|_| r.next() as u8).collect::<Vec<_>>())),
            }
        } else {
            for _ in 0..1 + r.below(3) {
                let at = r.below(bytes.len());
                bytes.splice(at..at, r.pick(&bits).iter().copied()).for_each(drop);
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        match parse(&text, Format::Yaml) {
            Ok(parsed) => {
                read += 1;
                let printed = yaml(&parsed.facts);
                let again =
                    parse(&printed, Format::Yaml).unwrap_or_else(|f| panic!("{}\n--- of\n{text}\n--- printed\n{printed}", f[0])).facts;
                assert_eq!(crate::diff(&parsed.facts, &again), [], "{text}\n--- printed\n{printed}");
                assert_eq!(yaml(&again), printed);
            }
            Err(findings) => {
                refused += 1;
                assert!(findings.iter().all(|f| f.line.is_some() && !f.help.is_empty()), "{findings:?}");
            }
        }
    }
    assert!(read > 500 && refused > 500, "{read} read, {refused} refused");
}

#[test]
fn json_mutants_are_read_or_refused() {
    let json = print(&facts(SAMPLE), Format::Json);
    let mut r = Rng(3);
    for _ in 0..1500 {
        let mut bytes = json.as_bytes().to_vec();
        let at = r.below(bytes.len());
        let end = (at + r.below(20)).min(bytes.len());
        bytes.splice(at..end, r.pick(&[&b"\""[..], b"}", b"\\u", b"[[", b"-", b"1e999", b",", b"\\", b""]).iter().copied()).for_each(drop);
        if let Ok(parsed) = parse(&String::from_utf8_lossy(&bytes), Format::Json) {
            let printed = print(&parsed.facts, Format::Json);
            assert_eq!(parse(&printed, Format::Json).expect("own text").facts, parsed.facts);
        }
    }
    for end in (1..json.len() - 1).filter(|end| json.is_char_boundary(*end)) {
        assert!(parse(&json[..end], Format::Json).is_err(), "a proper prefix of JSON is no JSON");
    }
}

#[test]
fn what_a_flow_file_is_not_is_refused_with_place_and_remedy() {
    for (text, code, line, column) in [
        ("weft: 1\na: &x 1", "file.anchor", 2, 7),
        ("weft: 1\na: &x 1\nb: *x", "file.anchor", 2, 7),
        ("weft: 1\nb: *x", "file.syntax", 2, 4),
        ("weft: 1\na: !!int 1", "file.tag", 2, 10),
        ("weft: 1\n<<: {a: 1}", "file.merge_key", 2, 1),
        ("weft: 1\na: 1\na: 2", "file.duplicate", 3, 1),
        ("weft: 1\na:\n\tb: 1", "file.tab", 3, 2),
        ("weft: 1\na: 12345678901234567890123", "file.number", 2, 4),
        ("weft: 1\na: 9007199254740993", "file.number", 2, 4),
        ("weft: 1\na: -9007199254740992", "file.number", 2, 4),
        ("weft: 1\na: .inf", "file.number", 2, 4),
        ("weft: 1\na: -.NaN", "file.number", 2, 4),
        ("weft: 1\na: 1e999", "file.number", 2, 4),
        ("weft: 1\n? [1]\n: 2", "file.key", 2, 3),
        ("weft: 1\n---\nweft: 2", "file.documents", 3, 1),
        ("", "file.empty", 1, 1),
        ("# only\n", "file.empty", 1, 1),
        ("- a", "file.shape", 1, 1),
        ("weft: one", "file.shape", 1, 7),
        ("weft: 1\nnodes:\n  a: 1", "file.shape", 3, 6),
        ("weft: 1\nedges:\n  - a", "file.shape", 3, 5),
        ("weft: 1\nedges:\n  - a -> b\n  - a.out -> b.in", "file.shape", 4, 5),
        ("weft: 1\nlayout:\n  a: [1]", "file.shape", 3, 3),
        ("weft: 1\n<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n", "file.conflict", 2, 1),
    ] {
        let found = refusal(text);
        assert_eq!((found.code, found.line, found.column), (code, Some(line), Some(column)), "{text:?}: {found}");
        assert!(!found.help.is_empty(), "{text:?}");
    }
    for (text, code) in [
        ("{\"weft\": 1, \"a\": 1, \"a\": 2}", "file.duplicate"),
        ("{\"weft\": 1, \"a\": 12345678901234567890123}", "file.number"),
        ("{\"weft\": 1, \"a\": \"\\ud800\"}", "file.syntax"),
        ("{\"weft\": 1} x", "file.syntax"),
        ("{\"weft\": 01}", "file.syntax"),
    ] {
        assert_eq!(parse(text, Format::Json).expect_err(text)[0].code, code, "{text}");
    }
}

#[test]
fn bombs_are_refused_at_once() {
    let began = std::time::Instant::now();
    for text in [
        "[".repeat(100_000),
        "- ".repeat(20_000),
        "{a: ".repeat(30_000),
        (0..3000).map(|i| format!("{}a:\n", " ".repeat(i))).collect(),
        format!("weft: 1\na: {}1{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1)),
        "a".repeat(MAX_FILE + 1),
    ] {
        assert!(parse(&text, Format::Yaml).is_err());
    }
    assert_eq!(parse(&"[".repeat(1_000_000), Format::Json).expect_err("deep")[0].code, "file.depth");
    let comments = "# c\n".repeat(100_000) + "weft: 1\n";
    assert_eq!(yaml(&facts(&comments)), comments);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn byte_order_marks_and_line_ends_are_read_away() {
    let windows = format!("\u{feff}{}", SAMPLE.replace('\n', "\r\n"));
    assert_eq!(facts(&windows), facts(SAMPLE));
}

#[test]
fn plain_words_mean_what_the_rules_say() {
    let text = "weft: 1\nx:\n  a: 007\n  b: 1_000\n  c: 12:30\n  d: 2026-01-02\n  e: yes\n  f: 1.0\n  g: 0x1F\n  h: ~\n  i: -0\n  j: 1e3\n  k: .5\n";
    let said = |key: &str| facts(text)[&crate::Entity::flow()][&path::join("x", key)].clone();
    for (key, text) in [("a", "007"), ("b", "1_000"), ("c", "12:30"), ("d", "2026-01-02"), ("e", "yes")] {
        assert_eq!(said(key), Data::from(text));
    }
    for (key, number) in [("f", 1), ("g", 31), ("i", 0), ("j", 1000)] {
        assert_eq!(said(key), Data::Int(number));
    }
    assert_eq!((said("h"), said("k")), (Data::Null, Data::Float(0.5)));
}

#[test]
fn places_of_fields_are_known() {
    let parsed = parse(SAMPLE, Format::Yaml).expect("the sample");
    let at = |entity: crate::Entity, field: &str| parsed.spans.find(&entity, field).map(|p| (p.line, p.column));
    let line = |needle: &str| SAMPLE.lines().position(|l| l.contains(needle)).map(|n| n as u32 + 1).expect("there");
    assert_eq!(at(crate::Entity::node("fetch"), "settings/timeout"), Some((line("timeout: 30"), 16)));
    assert_eq!(at(crate::Entity::node("clean"), "settings/limits/1/over"), Some((line("25000.5"), 17)));
    assert_eq!(at(crate::Entity::node("fetch"), "settings/missing"), at(crate::Entity::node("fetch"), "settings"));
    let edge = crate::Ends::parse("clean.big -> notify").expect("ends");
    assert_eq!(at(crate::Entity::edge(&edge), ""), Some((line("from: clean.big"), 5)));
    let json = print(&parsed.facts, Format::Json);
    let spans = parse(&json, Format::Json).expect("JSON").spans;
    let line = json.lines().position(|l| l.contains("\"timeout\"")).map(|n| n as u32 + 1);
    assert_eq!(spans.find(&crate::Entity::node("fetch"), "settings/timeout").map(|p| p.line), line);
}

#[test]
fn comments_stay_with_their_entries() {
    let text = "# head\n\n# second\nweft: 1 # beside\n\nnodes:\n  # of a\n  a: # right of a\n    type: t # of type\n    # above settings\n    settings:\n      l:\n        # first\n        - x # x\n        - z\n        # end of list\n      # end of settings\n\n  b:\n    type: t\n    # end of b\n\nedges:\n  # of edge\n  - a -> b # beside edge\n\n# end of file\n";
    assert_eq!(yaml(&facts(text)), text);
    let loose =
        "weft: 1\nedges:\n- # c1\n  from: a # c2\n  # c3\n  to: b # c4\n  note: x # c5\nnodes: {a: {type: t}, b: {type: t}} # flow style\n";
    let printed = yaml(&facts(loose));
    for comment in ["c1", "c2", "c3", "c4", "c5", "flow style"] {
        assert!(printed.contains(&format!("# {comment}")), "{comment} is lost:\n{printed}");
    }
    assert_eq!(yaml(&facts(&printed)), printed);
}

#[test]
fn beginnings_of_a_file_are_told_from_edits() {
    let ends = (1..SAMPLE.len()).filter(|end| SAMPLE.is_char_boundary(*end));
    let (flows, all) = ends.fold((0, 0), |(flows, all), end| {
        assert!(is_unfinished(&SAMPLE[..end], SAMPLE));
        (flows + usize::from(end % 3 == 0 && parse(&SAMPLE[..end], Format::Yaml).is_ok()), all + 1)
    });
    assert!(flows > all / 8, "{flows} of a third of {all} beginnings are flows: the rule is needed");
    assert!(is_unfinished("\n", SAMPLE) && !is_unfinished(SAMPLE, SAMPLE) && !is_unfinished(&SAMPLE.replace("30", "31"), SAMPLE));
}
