//! `weft.toml` on text and on files.

use super::*;
use weft_node::Value;

const FULL: &str = r#"# The shop
name = "Shop" # shown in the title
in_use = [
  # the one that must not stop
  "orders",
]
colour = "red" # of another program

[config]
limit = 20
rates = { eur = 1.5, when = 2026-01-01 }

[env]
REGION = "eu"
HOME = true

[runs]
keep_days = 7

[caps]
webhook = 8

[durability]
witness = "commit"
"#;

#[test]
fn everything_is_read() {
    let (settings, findings) = parse(FULL);
    assert_eq!(findings, vec![]);
    assert_eq!((settings.name.as_deref(), settings.in_use.as_slice()), (Some("Shop"), &["orders".to_string()][..]));
    assert_eq!(settings.runs, RunsKept { keep_days: 7, keep_per_flow: 10_000 });
    assert_eq!(settings.caps, Caps { webhook: 8, ..Caps::default() });
    assert_eq!(settings.witness, Witness::Commit);
    assert_eq!(settings.env["REGION"], EnvValue::Text("eu".into()));
    assert_eq!(settings.env["HOME"], EnvValue::Inherited);
    assert_eq!(Value::from(settings.config), Value::from_json(r#"{"limit":20,"rates":{"eur":1.5,"when":"2026-01-01"}}"#).expect("json"));
    assert_eq!(parse("").0, Settings::default());
    let env = parse("[env]\nREGION = \"eu\"\nPATH = true\nNOT_THERE_AT_ALL = true\n").0.env();
    assert_eq!(env.keys().map(|k| &**k).collect::<Vec<_>>(), ["PATH", "REGION"]);
    assert_eq!(
        (env.get("REGION").cloned(), env.get("PATH").cloned().map(|v| v.to_text())),
        (Some(Value::from("eu")), std::env::var("PATH").ok())
    );
}

#[test]
fn what_cannot_be_used_is_a_finding_on_its_line() {
    let text = "name = 5\nin_use = [\"a\", 7]\nruns = 1\n[caps]\nwebhook = 0\nmanual = 2\n[env]\nA = 1\n[config]\nx = inf\n[durability]\nwitness = \"x\"\n";
    let (settings, findings) = parse(text);
    let lines: Vec<_> = findings.iter().map(|f| (f.line.expect("a line"), f.field.clone().expect("a field"))).collect();
    for expected in [(1, "name"), (2, "in_use"), (3, "runs"), (5, "webhook"), (8, "env.A"), (10, "config.x"), (12, "witness")] {
        assert!(lines.contains(&(expected.0, expected.1.into())), "{expected:?} in {lines:?}");
    }
    assert_eq!(findings.len(), 7);
    assert_eq!((settings.caps.manual, settings.in_use), (2, vec!["a".to_string()]), "the rest holds");
    let (settings, findings) = parse("name = \"x\"\nbad bad\n");
    assert_eq!((settings, findings[0].line), (Settings::default(), Some(2)));
}

#[test]
fn writing_in_use_touches_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = SettingsFile::of(folder.path());
    assert!(file.use_flow("team/notify", true).expect("a new file"));
    assert_eq!(file.read().expect("read").0.in_use, ["team/notify"]);
    std::fs::write(file.path(), FULL).expect("written");
    assert!(file.use_flow("team/notify", true).expect("on"));
    assert!(!file.use_flow("team/notify", true).expect("already on"));
    let text = std::fs::read_to_string(file.path()).expect("read");
    assert_eq!(text, FULL.replace("  \"orders\",\n", "  \"orders\",\n  \"team/notify\",\n"));
    assert!(file.rename_flow("orders", "shop/orders").expect("renamed"));
    assert_eq!(std::fs::read_to_string(file.path()).expect("read"), text.replace("\"orders\"", "\"shop/orders\""));
    assert!(file.rename_flow("shop/orders", "orders").expect("renamed"));
    assert!(file.use_flow("team/notify", false).expect("off"));
    assert_eq!(std::fs::read_to_string(file.path()).expect("read"), FULL);
}

#[test]
fn a_file_that_does_not_parse_is_never_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = SettingsFile::of(folder.path());
    std::fs::write(file.path(), "in_use = [\n").expect("written");
    let error = file.use_flow("a", true).expect_err("refused").to_string();
    assert!(error.contains("line 2") || error.contains("line 1"), "{error}");
    assert_eq!(std::fs::read_to_string(file.path()).expect("read"), "in_use = [\n");
}
