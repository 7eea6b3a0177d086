//! The list: every call by name, what it takes and what it gives. Router and TypeScript are made from it.

use crate::Api;
use crate::problem::problem;
use crate::types::*;
use std::sync::Arc;

/// Makes the router and the TypeScript from lines of `name = subject::function(Takes) -> Gives`.
macro_rules! calls {
    ($($(#[doc = $doc:literal])* $name:ident = $subject:ident::$function:ident($takes:ty) -> $gives:ty;)*) => {
        /// Name, doc, and the TypeScript names of what goes in and out.
        pub const CALLS: &[(&str, &str, &str, &str)] = &[
            $((stringify!($name), concat!($($doc),*), stringify!($takes), stringify!($gives)),)*
        ];

        /// Every type of the list, for the TypeScript export.
        pub fn register(types: specta::Types) -> specta::Types {
            types$(.register::<$takes>().register::<$gives>())*.register::<Event>().register::<Problem>()
        }

        /// One call by name: JSON in, JSON out.
        ///
        /// # Errors
        /// What the call says; `call.unknown` and `call.invalid` where it never came so far.
        pub async fn call(api: &Arc<Api>, name: &str, params: serde_json::Value) -> Result<serde_json::Value, Problem> {
            match name {
                $(stringify!($name) => {
                    let takes: $takes = read(name, params)?;
                    // On the heap: the futures of all calls together would not fit a small stack.
                    let gives: $gives = Box::pin(crate::$subject::$function(api, takes)).await?;
                    Ok(serde_json::to_value(gives).expect("the shapes of the api are JSON"))
                })*
                _ => Err(problem("call.unknown", format!("There is no call {name}."), "The page and the program are of different versions: reload the page.")),
            }
        }
    };
}

fn read<T: serde::de::DeserializeOwned>(name: &str, params: serde_json::Value) -> Result<T, Problem> {
    serde_json::from_value(params).map_err(|error| {
        problem("call.invalid", format!("{name} cannot be called like this: {error}."), "See src-tauri/api/src/types for what it takes.")
    })
}

calls! {
    /// The workspace this program has open.
    workspace_get = workspace::get(Nothing) -> Workspace;
    /// Files of the workspace, for path fields; never `.weft/`.
    workspace_files = workspace::files(FilePrefix) -> FileNames;

    /// A new link to the server that has this workspace open, for a browser on this machine.
    workspace_link = workspace::link(Nothing) -> Text;

    /// The flow list, newest edit first.
    flow_list = flows::list(Page) -> FlowList;
    /// One flow, whole.
    flow_open = flows::open(FlowId) -> Flow;
    /// A new, empty flow; gives it opened.
    flow_new = flows::new(NewFlow) -> Flow;
    /// A new id: the file moves, flows that call it follow, in one edit.
    flow_rename = flows::rename(RenameFlow) -> Flow;
    /// To the workspace's trash; the history keeps it.
    flow_remove = flows::remove(FlowId) -> Nothing;
    /// One gesture: applied whole or not at all, durable when this returns.
    flow_edit = flows::edit(FlowEdit) -> Applied;
    /// Takes back this author's last gesture, except what others changed since.
    flow_undo = flows::undo(FlowUndo) -> Applied;
    flow_redo = flows::redo(FlowUndo) -> Applied;
    /// Who changed what when, newest first.
    flow_history = flows::history(FlowPage) -> History;
    flow_diff = flows::diff(FlowDiff) -> Changes;
    /// The flow as text.
    flow_text = flows::text(FlowText) -> Text;
    /// A part of a flow as YAML for the clipboard; secrets are left out.
    flow_copy = flows::copy(FlowPart) -> Text;
    /// Puts a flow in use or takes it out: its triggers listen or stop.
    flow_use = flows::put_in_use(FlowUse) -> Nothing;
    /// Fixes the output of a node, or frees it.
    flow_pin = flows::pin(Pin) -> Nothing;
    /// Allows what the flow asked for; bound to the flow's present version.
    flow_grant = flows::grant(Grant) -> Nothing;

    /// All node types, in palette order.
    node_list = nodes::list(Nothing) -> NodeTypes;
    node_help = nodes::help(TypeId) -> NodeHelp;
    /// What an expression gives on the values of a run.
    expression_try = nodes::try_expression(ExpressionTry) -> ExpressionResult;

    /// Starts a run (or queues it) and returns at once.
    run_start = runs::start(RunRequest) -> RunSummary;
    run_cancel = runs::cancel(RunId) -> Nothing;
    /// Newest first.
    run_list = runs::list(FlowPage) -> RunList;
    run_get = runs::get(RunId) -> Run;
    /// Everything that came out, step by step, for programs: `{status, error, order, out}`.
    run_output = runs::output(RunId) -> Json;
    /// Items that went into or came out of a node.
    run_items = runs::items(ItemsRequest) -> ItemsPage;
    run_lineage = runs::lineage(LineageRequest) -> LineageView;
    /// What becomes of a killed step that may or may not have happened.
    run_decide = runs::decide(Decide) -> Nothing;

    /// What happened since a cursor; `reset` where the stream does not reach back so far.
    events_since = events::since(Cursor) -> EventsPage;

    secret_list = secrets::list(Nothing) -> SecretNames;
    secret_set = secrets::set(NewSecret) -> Nothing;
    secret_remove = secrets::remove(SecretName) -> Nothing;
}
