//! The list: every call by name, what it takes and what it gives. Router and TypeScript are made from it.

use crate::types::*;

/// Makes `typescript()` and `call()` from lines of `subject::function(Takes) -> Gives`.
/// The call's name is `subject_function`.
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
    };
}

calls! {
    /// The workspace this program has open.
    workspace_get = workspace::get(Nothing) -> Workspace;
    /// Files of the workspace, for path fields; never `.weft/`.
    workspace_files = workspace::files(FilePrefix) -> FileNames;

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
