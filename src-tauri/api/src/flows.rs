//! Flows: the list, the open document, edits, undo, history, clipboard, use, pins and permissions.

mod view;

use crate::Api;
use crate::problem::problem;
use crate::types::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use weft_flow::Format;
use weft_node::{Item, NodeType, Value};
use weft_store::EditRequest;

const PAGE: u32 = 100;
const MOST: u32 = 1_000;

pub(crate) fn limit(page: &Page) -> usize {
    page.limit.unwrap_or(PAGE).clamp(1, MOST) as usize
}

pub async fn list(api: &Arc<Api>, page: Page) -> Result<FlowList, Problem> {
    let rows = api.documents(weft_store::Flows::list).await?;
    let from = page.after.as_ref().and_then(|after| rows.iter().position(|row| row.id == *after)).map_or(0, |at| at + 1);
    let mut flows = Vec::new();
    for row in rows.iter().skip(from).take(limit(&page)) {
        let last_run = api.store.runs(Some(row.id.clone()), None, 1).await?.into_iter().next();
        flows.push(FlowSummary {
            id: row.id.clone(),
            name: row.name.clone(),
            description: row.description.clone(),
            nodes: row.nodes,
            in_use: row.in_use,
            edited_at: row.edited_at as f64,
            edited_by: row.edited_by.clone(),
            last_run: last_run.map(|run| crate::runs::summary(api, run)),
            drawing: row.drawing.iter().map(|(x, y, kind)| (*x, *y, group(kind).to_owned())).collect(),
            broken: row.broken.clone(),
        });
    }
    let next = (from + flows.len() < rows.len()).then(|| flows.last().map(|flow| flow.id.clone())).flatten();
    Ok(FlowList { flows, next })
}

fn group(kind: &str) -> &str {
    kind.split('.').next().unwrap_or_default()
}

pub async fn open(api: &Arc<Api>, wanted: FlowId) -> Result<Flow, Problem> {
    let (author, types) = (api.author.clone(), api.types.clone());
    let names = Names::new(api).await?;
    api.documents(move |documents| {
        let open = documents.get(&wanted.flow, &author)?;
        let document = view::document(&documents.text(&wanted.flow, Format::Json)?);
        Ok(Flow {
            rev: open.rev,
            version: open.version.clone(),
            settings: document.settings,
            nodes: document.nodes,
            edges: document.edges,
            blocks: document.blocks,
            layout: document.layout,
            findings: findings(&open, &types, &names),
            read_only: open.read_only.as_ref().map(|why| why.message.clone()),
            in_use: open.in_use,
            undo: open.undo.clone(),
            redo: open.redo.clone(),
            permissions: permissions(documents, &open, &types)?,
            pinned: open.pinned.clone(),
            id: open.id,
        })
    })
    .await
}

/// What else of a flow screens show, told again when it changes.
pub(crate) async fn state(api: &Arc<Api>, flow: String) -> Result<Happened, Problem> {
    let (author, types) = (api.author.clone(), api.types.clone());
    let names = Names::new(api).await?;
    api.documents(move |documents| {
        let open = documents.get(&flow, &author)?;
        Ok(Happened::FlowState {
            findings: findings(&open, &types, &names),
            permissions: permissions(documents, &open, &types)?,
            flow,
            undo: open.undo,
            redo: open.redo,
            in_use: open.in_use,
            read_only: open.read_only.map(|why| why.message),
            pinned: open.pinned,
            version: open.version,
        })
    })
    .await
}

/// Names that a check looks up outside the flow: other flows, configuration.
#[derive(Clone, Default)]
pub(crate) struct Names {
    pub flows: Vec<String>,
}

impl Names {
    async fn new(api: &Arc<Api>) -> Result<Names, Problem> {
        let flows = api.documents(|documents| Ok(documents.list()?.into_iter().map(|row| row.id).collect())).await?;
        Ok(Names { flows })
    }
}

fn findings(open: &weft_store::OpenFlow, types: &[&'static NodeType], names: &Names) -> Vec<Finding> {
    let mut found: Vec<Finding> = open.file_findings.iter().cloned().map(Finding::from).collect();
    found.extend(crate::documents::findings(&open.flow, types).into_iter().map(Finding::from));
    for (id, node) in &open.flow.nodes {
        let called = (node.kind == "logic.call").then(|| node.settings.get("flow").and_then(Value::as_str)).flatten();
        if let Some(called) =
            called.filter(|called| !called.contains("${") && !called.starts_with("js/") && !names.flows.iter().any(|flow| flow == called))
        {
            let missing = weft_flow::Finding::error(
                "call.unknown",
                format!("There is no flow \"{called}\"."),
                "Choose a flow of this workspace, or make one of this name.",
            );
            found.push(missing.on_node(id).in_field("settings/flow").into());
        }
    }
    found
}

/// What a flow's settings name literally.
pub(crate) fn named(flow: &weft_flow::Flow, types: &[&'static NodeType]) -> Vec<weft_node::Need> {
    weft_flow::check::permissions(flow, types).into_iter().map(|(need, _)| need).collect()
}

fn permissions(
    documents: &weft_store::Flows,
    open: &weft_store::OpenFlow,
    types: &[&'static NodeType],
) -> weft_store::Result<Vec<Permission>> {
    let grants = documents.permissions(&open.id, |flow| named(flow, types))?;
    let mut all: Vec<Permission> = weft_flow::check::permissions(&open.flow, types)
        .into_iter()
        .map(|(need, node)| Permission { granted: grants.given.allows(&need), need: need_view(&need), node: Some(node) })
        .collect();
    // What was allowed besides, because a run asked for it.
    for need in &grants.given.0 {
        let need = need_view(need);
        if !all.iter().any(|known| known.need == need) {
            all.push(Permission { need, granted: true, node: None });
        }
    }
    Ok(all)
}

pub(crate) fn need_view(need: &weft_node::Need) -> Need {
    let kind = match need.kind {
        weft_node::NeedKind::Host => NeedKind::Host,
        weft_node::NeedKind::ReadFile => NeedKind::ReadFile,
        weft_node::NeedKind::WriteFile => NeedKind::WriteFile,
        weft_node::NeedKind::Database => NeedKind::Database,
        weft_node::NeedKind::Secret => NeedKind::Secret,
    };
    Need { kind, target: need.target.clone() }
}

fn need_of(need: Need) -> weft_node::Need {
    let kind = match need.kind {
        NeedKind::Host => weft_node::NeedKind::Host,
        NeedKind::ReadFile => weft_node::NeedKind::ReadFile,
        NeedKind::WriteFile => weft_node::NeedKind::WriteFile,
        NeedKind::Database => weft_node::NeedKind::Database,
        NeedKind::Secret => weft_node::NeedKind::Secret,
    };
    weft_node::Need::new(kind, need.target)
}

pub async fn new(api: &Arc<Api>, wanted: NewFlow) -> Result<Flow, Problem> {
    let author = api.author.clone();
    let flow = api.documents(move |documents| documents.new_flow(&wanted.name, wanted.folder.as_deref(), &author)).await?;
    open(api, FlowId { flow }).await
}

pub async fn rename(api: &Arc<Api>, wanted: RenameFlow) -> Result<Flow, Problem> {
    let author = api.author.clone();
    let flow = wanted.to.clone();
    api.documents(move |documents| documents.rename(&wanted.flow, &wanted.to, &author, None)).await?;
    open(api, FlowId { flow }).await
}

pub async fn remove(api: &Arc<Api>, wanted: FlowId) -> Result<Nothing, Problem> {
    api.documents(move |documents| documents.remove(&wanted.flow)).await?;
    Ok(Nothing {})
}

pub async fn edit(api: &Arc<Api>, wanted: FlowEdit) -> Result<Applied, Problem> {
    let edits = wanted.edits.into_iter().map(edit_of).collect::<Result<_, _>>()?;
    let request =
        EditRequest { edits, author: api.author.clone(), label: wanted.label, client: Some(wanted.client), gesture: wanted.gesture };
    applied(api.documents(move |documents| documents.edit(&wanted.flow, request)).await?)
}

/// The document's own shape of an edit; both are the same JSON.
fn edit_of(edit: Edit) -> Result<weft_flow::Edit, Problem> {
    let json = serde_json::to_value(&edit).expect("an edit is JSON");
    serde_json::from_value(json)
        .map_err(|error| problem("edit.invalid", format!("The edit cannot be carried out: {error}."), "Reload the page."))
}

fn applied(edited: weft_store::Edited) -> Result<Applied, Problem> {
    Ok(Applied { rev: edited.rev, made: edited.made, kept: edited.kept })
}

pub async fn undo(api: &Arc<Api>, wanted: FlowUndo) -> Result<Applied, Problem> {
    let author = api.author.clone();
    applied(api.documents(move |documents| documents.undo(&wanted.flow, &author, Some(&wanted.client))).await?)
}

pub async fn redo(api: &Arc<Api>, wanted: FlowUndo) -> Result<Applied, Problem> {
    let author = api.author.clone();
    applied(api.documents(move |documents| documents.redo(&wanted.flow, &author, Some(&wanted.client))).await?)
}

pub async fn history(api: &Arc<Api>, wanted: FlowPage) -> Result<History, Problem> {
    let before = wanted.page.after.as_deref().map(number).transpose()?;
    let limit = limit(&wanted.page);
    let page = api.documents(move |documents| documents.history(wanted.flow.as_deref(), before, limit)).await?;
    let entries = page.entries.into_iter().map(|entry| HistoryEntry {
        seq: entry.seq.to_string(),
        author: entry.author,
        at: entry.at as f64,
        kind: entry.kind,
        words: entry.words,
        undone: entry.undone,
    });
    Ok(History { entries: entries.collect(), next: page.next.map(|next| next.to_string()) })
}

pub(crate) fn number(text: &str) -> Result<i64, Problem> {
    text.parse()
        .map_err(|_| problem("call.invalid", format!("\"{text}\" is no number of an edit or page."), "Use the numbers that lists give."))
}

pub async fn diff(api: &Arc<Api>, wanted: FlowDiff) -> Result<Changes, Problem> {
    let (a, b) = (wanted.a.as_deref().map(number).transpose()?, wanted.b.as_deref().map(number).transpose()?);
    let (changes, words) = api.documents(move |documents| documents.diff(&wanted.flow, a, b)).await?;
    Ok(Changes { changes: crate::documents::changes(&changes), words })
}

pub async fn text(api: &Arc<Api>, wanted: FlowText) -> Result<Text, Problem> {
    let format = match wanted.format.as_str() {
        "yaml" => Format::Yaml,
        "json" => Format::Json,
        other => return Err(problem("call.invalid", format!("\"{other}\" is no format of a flow."), "Use yaml or json.")),
    };
    Ok(Text { text: api.documents(move |documents| documents.text(&wanted.flow, format)).await? })
}

pub async fn copy(api: &Arc<Api>, wanted: FlowPart) -> Result<Text, Problem> {
    let types = api.types.clone();
    let text = api
        .documents(move |documents| {
            documents.copy(&wanted.flow, &wanted.ids, &|kind, path| weft_flow::check::is_secret(&types, kind, path))
        })
        .await?;
    Ok(Text { text })
}

pub async fn put_in_use(api: &Arc<Api>, wanted: FlowUse) -> Result<Nothing, Problem> {
    api.documents(move |documents| documents.put_in_use(&wanted.flow, wanted.on)).await?;
    Ok(Nothing {})
}

pub async fn pin(api: &Arc<Api>, wanted: Pin) -> Result<Nothing, Problem> {
    let ports = match (wanted.items, wanted.run) {
        (Some(items), _) => {
            let items = items.into_iter().map(|json| Item::new(Value::from(json.0))).collect();
            Some(BTreeMap::from([("out".to_owned(), items)]))
        }
        (None, Some(run)) => Some(crate::runs::outputs_of(api, &run, &wanted.node).await?),
        (None, None) => None,
    };
    api.documents(move |documents| match ports {
        Some(ports) => documents.set_pin(&wanted.flow, &wanted.node, &ports),
        None => documents.clear_pin(&wanted.flow, &wanted.node).map(drop),
    })
    .await?;
    Ok(Nothing {})
}

pub async fn grant(api: &Arc<Api>, wanted: Grant) -> Result<Nothing, Problem> {
    let author = api.author.clone();
    let needs: Vec<weft_node::Need> = wanted.needs.into_iter().map(need_of).collect();
    api.documents(move |documents| documents.approve(&wanted.flow, &needs, &author)).await?;
    Ok(Nothing {})
}
