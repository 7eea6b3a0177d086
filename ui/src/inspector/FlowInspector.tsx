// The flow itself: its own fields, whether it is in use, what was found, what it may touch, what happened to it.
import { Switch } from '@mantine/core';
import { useId, useMemo, useState } from 'react';
import { call, type Flow, useKept } from '../api';
import { select } from '../app';
import { Button, Icon, type JsonObject, problem, SchemaForm, Tile, words } from '../kit';
import { commit, gestureOf, setEdit } from './commit';
import { notesUnder } from './findings';
import { grant } from './grant';
import { HistoryTab } from './HistoryTab';
import classes from './inspector.module.css';
import { NameField } from './NameField';
import { useOverlay } from './overlay';
import { FLOW_KEYS_ELSEWHERE, FLOW_SCHEMA } from './schemas';
import { Tabs } from './Tabs';
import { needWords } from './words';

type Tab = 'flow' | 'permissions' | 'history';

export function FlowInspector({ flow }: { flow: Flow }) {
  const [tab, setTab] = useState<Tab>('flow');
  const readOnly = flow.read_only !== null;
  const missing = flow.permissions.some((permission) => !permission.granted);
  const name = typeof flow.settings.name === 'string' ? flow.settings.name : flow.id;
  return (
    <>
      <header className={classes.head}>
        <Tile icon="flow" dye="linen" />
        <div className={classes.titles}>
          <NameField
            name={name}
            label="Name of the flow"
            readOnly={readOnly}
            onRename={(next) =>
              void commit(flow.id, `Rename the flow to ${next}`, [{ do: 'set', entity: '', field: 'name', value: next }])
            }
          />
          <div className={`${classes.kind} cut`}>flows/{flow.id}</div>
        </div>
      </header>
      <Tabs<Tab>
        label="Parts of the flow"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'flow', label: 'Flow' },
          { value: 'permissions', label: 'What it touches', dot: missing && tab !== 'permissions' },
          { value: 'history', label: 'History' },
        ]}
      >
        {tab === 'flow' && <Fields flow={flow} readOnly={readOnly} />}
        {tab === 'permissions' && <Permissions flow={flow} />}
        {tab === 'history' && <HistoryTab flow={flow} />}
      </Tabs>
    </>
  );
}

function Fields({ flow, readOnly }: { flow: Flow; readOnly: boolean }) {
  const settings = useMemo(
    () => Object.fromEntries(Object.entries(flow.settings).filter(([key]) => !FLOW_KEYS_ELSEWHERE.includes(key))) as JsonObject,
    [flow.settings],
  );
  const overlay = useOverlay(settings);
  const notes = useMemo(() => notesUnder(flow.findings, null, ''), [flow.findings]);
  return (
    <>
      {flow.read_only !== null && <p className={classes.empty}>{flow.read_only}</p>}
      <InUse flow={flow} />
      {flow.findings.length > 0 && <Findings flow={flow} />}
      <SchemaForm
        schema={FLOW_SCHEMA}
        value={overlay.value}
        label="Flow"
        notes={notes}
        readOnly={readOnly}
        expressions={false}
        onChange={(path, next, typing) =>
          overlay.send(path, next, (whole) =>
            commit(
              flow.id,
              `Flow: ${words(path[0] ?? '').toLowerCase()}`,
              [setEdit('', [], whole, path, next)],
              typing ? gestureOf(flow.id, '', path) : null,
            ),
          )
        }
      />
    </>
  );
}

/** Its triggers listen while it is in use; a flow without one has nothing to listen with. */
function InUse({ flow }: { flow: Flow }) {
  const id = useId();
  const typeById = useKept((s) => s.typeById);
  const origin = useKept((s) => s.workspace?.webhook_origin ?? null);
  const listens = flow.nodes.some((node) => typeById[node.type]?.trigger === true && !node.type.startsWith('trigger.manual'));
  if (!listens && !flow.in_use) return null;
  const set = (on: boolean) => void call('flow_use', { flow: flow.id, on }).catch(problem);
  return (
    <div className={classes.switchrow}>
      <span>
        <label htmlFor={id}>In use</label>
        <small>
          {flow.in_use
            ? origin
              ? `Its triggers listen at ${origin}.`
              : 'Its triggers listen.'
            : 'Its triggers do not listen; Run works all the same.'}
        </small>
      </span>
      <Switch id={id} checked={flow.in_use} onChange={(event) => set(event.currentTarget.checked)} />
    </div>
  );
}

function Findings({ flow }: { flow: Flow }) {
  const names = new Map(flow.nodes.map((node) => [node.id, node.name]));
  return (
    <div>
      <div className={classes.section}>
        <span>{flow.findings.length === 1 ? '1 finding' : `${flow.findings.length} findings`}</span>
      </div>
      <div className={classes.well}>
        {flow.findings.map((finding) => {
          const target = finding.node ?? finding.edge;
          return (
            <button
              key={`${finding.code} ${finding.node} ${finding.edge} ${finding.field} ${finding.message}`}
              type="button"
              className={classes.line}
              data-severity={finding.severity}
              disabled={target === null}
              onClick={() => target !== null && select(flow.id, [target])}
            >
              <Icon
                name={finding.severity === 'error' ? 'stopped' : finding.severity === 'warning' ? 'alert' : 'help'}
                size={14}
              />
              <span>
                {finding.node !== null && <strong>{names.get(finding.node) ?? finding.node}: </strong>}
                {finding.message}
                {finding.help && <span className="i3"> {finding.help}</span>}
              </span>
            </button>
          );
        })}
      </div>
    </div>
  );
}

function Permissions({ flow }: { flow: Flow }) {
  const names = new Map(flow.nodes.map((node) => [node.id, node.name]));
  const missing = flow.permissions.filter((permission) => !permission.granted);
  if (flow.permissions.length === 0) return <p className={classes.empty}>This flow touches nothing outside itself.</p>;
  return (
    <>
      {missing.length > 1 && (
        <div>
          <Button
            small
            icon="shield"
            onClick={() =>
              void grant(
                flow.id,
                missing.map((permission) => permission.need),
              )
            }
          >
            Allow all {missing.length}
          </Button>
        </div>
      )}
      <div className={classes.well}>
        {flow.permissions.map((permission) => (
          <div key={`${permission.node} ${permission.need.kind} ${permission.need.target}`} className={classes.line}>
            <span className={permission.granted ? 'okc' : 'warnc'} style={{ flex: 'none' }}>
              <Icon name={permission.granted ? 'shield' : 'shieldAlert'} size={14} />
            </span>
            <span>
              <strong>{needWords(permission.need)}</strong>
              {permission.node !== null && <span className="i3"> {names.get(permission.node) ?? permission.node}</span>}
            </span>
            {permission.granted ? (
              <time>allowed</time>
            ) : (
              <Button small onClick={() => void grant(flow.id, [permission.need])}>
                Allow
              </Button>
            )}
          </div>
        ))}
      </div>
      <p className={classes.empty}>What is allowed holds for the flow as it is now; a change that touches more asks again.</p>
    </>
  );
}
