// A node: its settings, what happens when something fails, notes, and what can be done with it.
import { useMemo, useState } from 'react';
import { type Flow, type Node, useNodeType } from '../api';
import { startRun, useShownRun } from '../app';
import {
  Button,
  familyWords,
  IconButton,
  type Json,
  type JsonObject,
  Notes,
  type Path,
  type Schema,
  SchemaForm,
  Tile,
  words,
} from '../kit';
import { commit, gestureOf, setEdit } from './commit';
import { notesUnder, ofNode } from './findings';
import { Help } from './Help';
import classes from './inspector.module.css';
import { NameField } from './NameField';
import { NodeMenu, togglePin } from './NodeMenu';
import { NotesTab } from './NotesTab';
import { useOverlay } from './overlay';
import { Stopped } from './Stopped';
import { OPTION_KEYS_ELSEWHERE, optionsSchema } from './schemas';
import { useServices } from './services';
import { Tabs } from './Tabs';
import { Touches } from './Touches';

type Tab = 'settings' | 'errors' | 'notes';
const EMPTY: Schema = { type: 'object' };

export function NodeInspector({ flow, node }: { flow: Flow; node: Node }) {
  const type = useNodeType(node.type);
  const run = useShownRun(flow.id);
  const [tab, setTab] = useState<Tab>('settings');
  const [help, setHelp] = useState(false);
  const services = useServices(flow.id, node.id, run);
  const readOnly = flow.read_only !== null;
  const schema = (type?.schema ?? EMPTY) as Schema;
  const overlay = useOverlay(node.settings as Json);
  const settings = overlay.value;
  const notes = useMemo(() => notesUnder(flow.findings, node.id, 'settings'), [flow.findings, node.id]);
  const own = useMemo(() => ofNode(flow.findings, node.id), [flow.findings, node.id]);
  const pinned = flow.pinned.includes(node.id);

  const change = (path: Path, next: Json | undefined, typing = false) =>
    overlay.send(path, next, (whole) =>
      commit(
        flow.id,
        `${node.name}: ${words(path[0] ?? 'settings').toLowerCase()}`,
        [setEdit(node.id, ['settings'], whole, path, next)],
        typing ? gestureOf(flow.id, node.id, ['settings', ...path]) : null,
      ),
    );

  return (
    <>
      <header className={classes.head}>
        <Tile svg={type?.icon ?? ''} group={type?.group ?? ''} />
        <div className={classes.titles}>
          <NameField
            name={node.name}
            label="Name of the node"
            readOnly={readOnly}
            onRename={(name) =>
              void commit(flow.id, `Rename ${node.name} to ${name}`, [{ do: 'set', entity: node.id, field: 'name', value: name }])
            }
          />
          <div className={`${classes.kind} cut`}>
            {type ? `${type.title} · ${familyWords(type.group)}` : `${node.type} · not known here`}
          </div>
        </div>
        {type && <IconButton icon="book" label="What this node does" on={help} onClick={() => setHelp(!help)} />}
        <NodeMenu flow={flow} node={node} pinned={pinned} readOnly={readOnly} run={run} />
      </header>
      <Tabs<Tab>
        label="Parts of the node"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'settings', label: 'Settings' },
          { value: 'errors', label: 'Errors and retries', dot: tab !== 'errors' && hasOptionFindings(flow, node.id) },
          { value: 'notes', label: 'Notes' },
        ]}
      >
        <Stopped flow={flow} node={node} run={run} />
        {tab === 'settings' && (
          <>
            <Notes notes={own.map((finding) => ({ ...finding, field: '', span: undefined }))} />
            <SchemaForm
              schema={schema}
              value={settings}
              label={`Settings of ${node.name}`}
              onChange={change}
              notes={notes}
              services={services}
              readOnly={readOnly}
            />
            {hasNoFields(schema, settings) && own.length === 0 && <p className={classes.empty}>Nothing to set.</p>}
          </>
        )}
        {tab === 'errors' && <Options flow={flow} node={node} readOnly={readOnly} />}
        {tab === 'notes' && <NotesTab flow={flow} node={node} readOnly={readOnly} />}
      </Tabs>
      <Touches flow={flow} node={node.id} effect={type?.effect} />
      <footer className={classes.foot}>
        <Button small icon="play" onClick={() => void startRun(flow.id, { part: 'to_here', node: node.id })}>
          Run to here
        </Button>
        {(pinned || run !== null) && !readOnly && (
          <Button small icon={pinned ? 'unpin' : 'pin'} onClick={() => void togglePin(flow, node, run)}>
            {pinned ? 'Free output' : 'Pin output'}
          </Button>
        )}
      </footer>
      {help && <Help type={node.type} title={type?.title ?? node.type} close={() => setHelp(false)} />}
    </>
  );
}

function Options({ flow, node, readOnly }: { flow: Flow; node: Node; readOnly: boolean }) {
  const type = useNodeType(node.type);
  const schema = useMemo(() => optionsSchema(type), [type]);
  const options = useMemo(
    () => Object.fromEntries(Object.entries(node.options).filter(([key]) => !OPTION_KEYS_ELSEWHERE.includes(key))) as JsonObject,
    [node.options],
  );
  const overlay = useOverlay(options);
  const notes = useMemo(
    () => notesUnder(flow.findings, node.id, '').filter((note) => !note.field.startsWith('settings')),
    [flow.findings, node.id],
  );
  return (
    <SchemaForm
      schema={schema}
      value={overlay.value}
      label={`Options of ${node.name}`}
      notes={notes}
      readOnly={readOnly}
      expressions={false}
      onChange={(path, next, typing) =>
        overlay.send(path, next, (whole) =>
          commit(
            flow.id,
            `${node.name}: ${words(path[0] ?? '').toLowerCase()}`,
            [setEdit(node.id, [], whole, path, next)],
            typing ? gestureOf(flow.id, node.id, path) : null,
          ),
        )
      }
    />
  );
}

const hasOptionFindings = (flow: Flow, node: string) =>
  flow.findings.some((f) => f.node === node && f.field !== null && !f.field.startsWith('settings') && f.field !== 'type');

function hasNoFields(schema: Schema, settings: Json): boolean {
  const properties = schema.properties;
  const none = typeof properties !== 'object' || properties === null || Object.keys(properties).length === 0;
  const empty = typeof settings !== 'object' || settings === null || Object.keys(settings).length === 0;
  return none && empty;
}
