// The shapes that cross the api, and the list of calls: made from `src-tauri/api`.

export type Json = unknown;
export type Problem = { code: string; message: string; help: string; node: string | null; field: string | null; item: number | null; details: Json | null };
export type Page = { after?: string | null; limit?: number | null };

export type Nothing = Record<string, never>;
export type FlowId = { flow: string };
export type NewFlow = { name: string; folder?: string | null };
export type RenameFlow = { flow: string; to: string };
export type FlowEdit = { flow: string; edits: Edit[]; label: string; client: string; gesture?: string | null };
export type FlowUndo = { flow: string; client: string };
export type FlowPage = { flow?: string | null; page?: Page };
export type FlowDiff = { flow: string; a?: string | null; b?: string | null };
export type Changes = { changes: Change[]; words: string };
export type FlowPart = { flow: string; ids: string[] };
export type FlowText = { flow: string; format: string };
export type Text = { text: string };
export type FlowUse = { flow: string; on: boolean };
export type Pin = { flow: string; node: string; items?: Json[] | null; run?: string | null };
export type Grant = { flow: string; needs: Need[] };
export type NodeTypes = { types: NodeTypeView[] };
export type TypeId = { type: string };
export type RunId = { run: string };
export type Decide = { run: string; step: string; decision: Decision };
export type LineageRequest = { run: string; node: string; port?: string | null; item: number };
export type EventsPage = { events: Event[]; at: Cursor; more: boolean };
export type SecretNames = { secrets: SecretView[] };
export type NewSecret = { name: string; value: string; hosts: string[] };
export type SecretName = { name: string };
export type FilePrefix = { folder: string };
export type FileNames = { files: FileName[] };
export type FileName = { path: string; folder: boolean; size: number };

export type Cursor = { epoch: string; seq: string };
export type Event = { at: Cursor | null; what: Happened };
export type Happened =
  | { type: 'flow_changed'; flow: string; rev: number; author: string; client: string | null; changes: Change[] }
  | { type: 'flow_state'; flow: string; findings: Finding[]; undo: string | null; redo: string | null; in_use: boolean; read_only: string | null; permissions: Permission[]; pinned: string[]; version: string }
  | { type: 'flows_changed' }
  | { type: 'run_changed'; run: RunSummary }
  | { type: 'node_run_changed'; run: string; flow: string; node: NodeRun }
  | { type: 'edge_run_changed'; run: string; flow: string; edge: string; state: EdgeRun }
  | { type: 'attention_needed'; run: string; flow: string; attention: Attention }
  | { type: 'progress'; run: string; node: string; done: number; of: number }
  | { type: 'reset' };

export type FlowSummary = { id: string; name: string; description: string | null; nodes: number; in_use: boolean; edited_at: number; edited_by: string; last_run: RunSummary | null; drawing: [number, number, string][]; broken: string | null };
export type FlowList = { flows: FlowSummary[]; next: string | null };
export type Flow = {
  id: string;
  rev: number;
  version: string;
  settings: Record<string, Json>;
  nodes: Node[];
  edges: Edge[];
  blocks: Block[];
  layout: Record<string, number[]>;
  findings: Finding[];
  read_only: string | null;
  in_use: boolean;
  undo: string | null;
  redo: string | null;
  permissions: Permission[];
  pinned: string[];
};
export type Node = { id: string; type: string; name: string; options: Record<string, Json>; settings: Json };
export type Edge = { id: string; from: string; from_port: string; to: string; to_port: string; note: string | null };
export type Block = { id: string; type: string; fields: Record<string, Json> };
export type Severity = 'error' | 'warning' | 'info';
export type Finding = { code: string; severity: Severity; message: string; help: string; node: string | null; field: string | null; edge: string | null; line: number | null; column: number | null; span: [number, number] | null };
export type Edit =
  | { do: 'add_node'; id?: string | null; type: string; name?: string | null; settings: Json; at?: number[] | null }
  | { do: 'add_block'; id?: string | null; type: string; fields: Record<string, Json>; at?: number[] | null }
  | { do: 'remove'; ids: string[] }
  | { do: 'set'; entity: string; field: string; value?: Json | null }
  | { do: 'connect'; from: string; from_port: string; to: string; to_port: string }
  | { do: 'disconnect'; edge: string }
  | { do: 'move'; to: Record<string, number[]> }
  | { do: 'change_id'; from: string; to: string }
  | { do: 'edit_text'; entity: string; field: string; from: number; to: number; insert: string; seen: number }
  | { do: 'paste'; text: string; at?: number[] | null };
export type Applied = { rev: number; made: string[]; kept: string[] };
export type Change = { entity: string; id: string; field: string; before: Json | null; after: Json | null };
export type HistoryEntry = { seq: string; author: string; at: number; kind: string; words: string; undone: boolean };
export type History = { entries: HistoryEntry[]; next: string | null };
export type ExpressionTry = { flow: string; node: string; value: Json; run?: string | null; item: number };
export type ExpressionResult = { value: Json | null; kind: string; problem: Problem | null; span: [number, number] | null; items: number; run: string | null };

export type NodeTypeView = {
  id: string;
  title: string;
  summary: string;
  group: string;
  keywords: string[];
  inputs: PortView[];
  outputs: PortView[];
  icon: string;
  schema: Json;
  card: string[];
  trigger: boolean;
  effect: string;
};
export type PortView = { name: string; label: string; shape: PortShape };
export type PortShape = 'item' | 'file' | 'value' | 'signal';
export type NodeHelp = { readme: string; example: string };

export type RunStatus = 'queued' | 'running' | 'waiting' | 'finished' | 'failed' | 'cancelled';
export type RunSummary = {
  id: string;
  number: number;
  flow: string;
  status: RunStatus;
  trigger: string;
  mode: RunMode;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  problem: Problem | null;
  queued: number | null;
};
export type RunMode = { part: 'all' } | { part: 'to_here'; node: string } | { part: 'from_here'; node: string; run?: string | null } | { part: 'only_this'; node: string; run?: string | null };
export type RunRequest = { flow: string; start?: string | null; mode?: RunMode; input?: Json | null; pins?: Record<string, Json[]> };
export type RunList = { runs: RunSummary[]; next: string | null };
export type Run = { summary: RunSummary; version: string; nodes: NodeRun[]; edges: Record<string, EdgeRun>; decisions: Attention[]; at: Cursor };
export type StepStatus = 'queued' | 'running' | 'waiting' | 'needs_decision' | 'finished' | 'pinned' | 'failed' | 'cancelled' | 'skipped';
export type NodeRun = {
  node: string;
  status: StepStatus;
  steps: number;
  items_in: number;
  items_out: PortCount[];
  started_at: number | null;
  finished_at: number | null;
  progress: [number, number] | null;
  problem: Problem | null;
  warnings: string[];
  attempt: number;
  spans: Span[];
};
export type PortCount = { port: string; items: number };
export type Span = { step: string; from: number; to: number | null; status: StepStatus };
export type EdgeRun = { items: number; state: EdgeState };
export type EdgeState = 'open' | 'delivered' | 'empty' | 'not_taken';
export type Attention = { step: string; node: string; item: number; items: number; since: number };
export type Decision = { decide: 'repeat' } | { decide: 'fail' } | { decide: 'result'; items: Json[] };
export type ItemsRequest = { run: string; node: string; side: Side; port?: string | null; from: number; limit: number };
export type Side = 'in' | 'out';
export type ItemsPage = { total: number; from: number; items: ItemView[] };
export type ItemView = { json: Json; blobs: Record<string, BlobView>; from: [number, number][] | null; problem: Problem | null; step: string };
export type BlobView = { hash: string; size: number; media_type: string; file_name: string | null };
export type LineageView = { hops: LineageHop[] };
export type LineageHop = { node: string; port: string; items: number[]; known: boolean };

export type Workspace = { name: string; path: string; read_only: string | null; author: string; version: string; host: Host; webhook_origin: string | null };
export type Host = 'desktop' | 'server' | 'cli';
export type Need = { kind: NeedKind; target: string };
export type NeedKind = 'host' | 'read_file' | 'write_file' | 'database' | 'secret';
export type Permission = { need: Need; granted: boolean; node: string | null };
export type SecretView = { name: string; hosts: string[]; changed_at: number };

export interface Calls {
  /** The workspace this program has open. */
  workspace_get: { in: Nothing; out: Workspace };
  /** Files of the workspace, for path fields; never `.weft/`. */
  workspace_files: { in: FilePrefix; out: FileNames };
  /** The flow list, newest edit first. */
  flow_list: { in: Page; out: FlowList };
  /** One flow, whole. */
  flow_open: { in: FlowId; out: Flow };
  /** A new, empty flow; gives it opened. */
  flow_new: { in: NewFlow; out: Flow };
  /** A new id: the file moves, flows that call it follow, in one edit. */
  flow_rename: { in: RenameFlow; out: Flow };
  /** To the workspace's trash; the history keeps it. */
  flow_remove: { in: FlowId; out: Nothing };
  /** One gesture: applied whole or not at all, durable when this returns. */
  flow_edit: { in: FlowEdit; out: Applied };
  /** Takes back this author's last gesture, except what others changed since. */
  flow_undo: { in: FlowUndo; out: Applied };
  flow_redo: { in: FlowUndo; out: Applied };
  /** Who changed what when, newest first. */
  flow_history: { in: FlowPage; out: History };
  flow_diff: { in: FlowDiff; out: Changes };
  /** The flow as text. */
  flow_text: { in: FlowText; out: Text };
  /** A part of a flow as YAML for the clipboard; secrets are left out. */
  flow_copy: { in: FlowPart; out: Text };
  /** Puts a flow in use or takes it out: its triggers listen or stop. */
  flow_use: { in: FlowUse; out: Nothing };
  /** Fixes the output of a node, or frees it. */
  flow_pin: { in: Pin; out: Nothing };
  /** Allows what the flow asked for; bound to the flow's present version. */
  flow_grant: { in: Grant; out: Nothing };
  /** All node types, in palette order. */
  node_list: { in: Nothing; out: NodeTypes };
  node_help: { in: TypeId; out: NodeHelp };
  /** What an expression gives on the values of a run. */
  expression_try: { in: ExpressionTry; out: ExpressionResult };
  /** Starts a run (or queues it) and returns at once. */
  run_start: { in: RunRequest; out: RunSummary };
  run_cancel: { in: RunId; out: Nothing };
  /** Newest first. */
  run_list: { in: FlowPage; out: RunList };
  run_get: { in: RunId; out: Run };
  /** Items that went into or came out of a node. */
  run_items: { in: ItemsRequest; out: ItemsPage };
  run_lineage: { in: LineageRequest; out: LineageView };
  /** What becomes of a killed step that may or may not have happened. */
  run_decide: { in: Decide; out: Nothing };
  /** What happened since a cursor; `reset` where the stream does not reach back so far. */
  events_since: { in: Cursor; out: EventsPage };
  secret_list: { in: Nothing; out: SecretNames };
  secret_set: { in: NewSecret; out: Nothing };
  secret_remove: { in: SecretName; out: Nothing };
}
