//! Every example of every node, run through the engine in a world of its own: what its README shows is true.
//! `WEFT_PACK=data` looks at one pack.

use std::sync::Arc;
use weft_engine::journal::{Row, memory::Memory};
use weft_engine::{Catalog, Engine, EngineParts, Limits, Reply, StartRun};
use weft_flow::{Flow, Format, Severity, check};
use weft_node::world::World;
use weft_node::{Item, NodeType, Permissions, Problem, Value};
use weft_world::script::{Program, Workers};
use weft_world::testing::{Answer, TestWorld};

/// The flows that an example brings along.
struct Brought(Vec<(String, Arc<Flow>, Arc<Permissions>)>);

impl weft_engine::Flows for Brought {
    fn version<'a>(&'a self, hash: &'a str) -> futures_util::future::BoxFuture<'a, Result<Arc<Flow>, Problem>> {
        Box::pin(async move { self.find(hash).map(|(_, flow, _)| flow) })
    }

    fn current<'a>(&'a self, id: &'a str) -> futures_util::future::BoxFuture<'a, Result<(String, Arc<Flow>, Arc<Permissions>), Problem>> {
        Box::pin(async move { self.find(id) })
    }
}

impl Brought {
    fn find(&self, id: &str) -> Result<(String, Arc<Flow>, Arc<Permissions>), Problem> {
        self.0
            .iter()
            .find(|(known, ..)| known == id)
            .cloned()
            .ok_or_else(|| Problem::new("flow.not_found", format!("The example brings no flow {id}.")))
    }
}

fn read(text: &str, what: &str) -> Flow {
    let parsed = weft_flow::parse(text, Format::Yaml).unwrap_or_else(|findings| panic!("{what}: {findings:?}"));
    let wrong: Vec<_> =
        check::check_file(&parsed, &weft_nodes::all()).into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
    parsed.flow()
}

fn allowed(flow: &Flow) -> Permissions {
    let mut given: Permissions = check::permissions(flow, &weft_nodes::all()).into_iter().map(|(need, _)| need).collect();
    // Addresses of examples are often put together by expressions; what they ask is answered by the example itself.
    given.0.insert(weft_node::Need::new(weft_node::NeedKind::Host, "api.example.org"));
    given
}

async fn run(node: &NodeType, scripts: Arc<Workers>) {
    let what = format!("the example of {}", node.id);
    let flow = Arc::new(read(node.files.example, &what));
    let example = flow.settings.get("example").cloned().unwrap_or_else(|| panic!("{what} has no section `example`"));
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in members(&example, "files") {
        let file = folder.path().join(&path);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("folders");
        std::fs::write(file, text.to_text()).expect("a file");
    }
    let answers = example
        .get("answers")
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .map(|answer| serde_json::from_value::<Answer>(answer.into()).expect("an answer"))
        .collect();
    let world: Arc<dyn World> = Arc::new(TestWorld::new(folder.path()).expect("a world").with_answers(answers).with_scripts(scripts));
    let flows = members(&example, "flows").into_iter().map(|(id, text)| {
        let flow = Arc::new(read(&text.to_text(), &format!("{what}, flow {id}")));
        let given = Arc::new(allowed(&flow));
        (id, flow, given)
    });
    let journal = Arc::new(Memory::new());
    let parts = EngineParts {
        world: world.clone(),
        journal: journal.clone(),
        catalog: Catalog::new(weft_nodes::all()),
        flows: Arc::new(Brought(flows.collect())),
        limits: Limits::default(),
    };
    let engine = Engine::new(parts);
    let body = example.get("input").cloned().unwrap_or_default();
    let start = StartRun {
        request: Value::object([("body", body)]),
        permissions: allowed(&flow),
        ..StartRun::new("example", "example", flow.clone())
    };
    let mut handle = engine.start(start).await.unwrap_or_else(|problem| panic!("{what} does not start: {problem:?}"));
    let end = tokio::time::timeout(std::time::Duration::from_secs(60), handle.done()).await.expect("an example ends");
    assert_eq!(end.problem, None, "{what} failed");

    let rows: Vec<Row> = journal.all().into_iter().find(|(run, _)| *run == handle.id).expect("it left rows").1;
    let mut said = 0;
    for (at, items) in members(&example, "expect") {
        let given = outputs(&world, &flow, &rows, &at).await;
        let wanted = items.as_list().expect("expect lists items");
        assert_eq!(given.iter().map(|item| item.json.clone()).collect::<Vec<_>>(), wanted, "{what}: {at}");
        said += 1;
    }
    for (path, text) in members(&example, "expect_files") {
        let there = std::fs::read_to_string(folder.path().join(&path)).unwrap_or_else(|error| panic!("{what}: {path}: {error}"));
        assert_eq!(there, text.to_text(), "{what}: {path}");
        said += 1;
    }
    if let Some(reply) = example.get("reply") {
        let Ok(Reply::Respond { settings, .. }) = handle.reply.try_recv() else { panic!("{what}: no respond node answered") };
        for (key, value) in reply.as_object().expect("a reply is an object").iter() {
            assert_eq!(settings.get(key), Some(value), "{what}: reply {key}");
        }
        said += 1;
    }
    assert!(said > 0, "{what} expects nothing");
}

fn members(example: &Value, key: &str) -> Vec<(String, Value)> {
    example
        .get(key)
        .and_then(Value::as_object)
        .map(|map| map.iter().map(|(key, value)| (key.to_string(), value.clone())).collect())
        .unwrap_or_default()
}

/// Items of `node` or `node.port`, over all its steps.
async fn outputs(world: &Arc<dyn World>, flow: &Flow, rows: &[Row], at: &str) -> Vec<Item> {
    let (name, port) = at.split_once('.').unwrap_or((at, ""));
    let kind = weft_nodes::all().into_iter().find(|kind| kind.id == flow.nodes[name].kind).expect("a known type");
    let port = kind.outputs.iter().position(|known| known.name == port).unwrap_or(0);
    let mut items = Vec::new();
    for row in rows {
        if let Row::StepFinished { node, emissions, .. } = row
            && node == name
        {
            for emission in emissions.iter().filter(|emission| emission.port as usize == port) {
                items.extend(weft_engine::read_stored(&**world, &emission.items).await.expect("items are there").into_items());
            }
        }
    }
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_gives_what_it_says() {
    let wanted = std::env::var("WEFT_PACK").ok();
    let scripts = Arc::new(Workers::new(Program { path: env!("CARGO_BIN_EXE_weft").into(), args: vec!["worker".into()] }));
    let mut ran = 0;
    for (pack, nodes) in weft_nodes::PACKS {
        if wanted.as_ref().is_some_and(|wanted| wanted != pack) {
            continue;
        }
        for node in *nodes {
            run(node, scripts.clone()).await;
            ran += 1;
        }
    }
    assert!(ran > 0, "there is no pack {wanted:?}");
    println!("{ran} examples");
}

#[test]
fn schemas_say_what_every_field_is() {
    for node in weft_nodes::all() {
        let schema = serde_json::Value::from((node.schema)());
        for (field, says) in schema["properties"].as_object().into_iter().flatten() {
            let described = says["description"].is_string() || says["$ref"].is_string() || says["allOf"].is_array();
            assert!(described, "{}: the field {field} has no doc comment", node.id);
        }
        assert!(!node.summary.is_empty() && node.summary.ends_with('.'), "{}: a summary is a sentence", node.id);
    }
}
