// The start screen: all flows of the workspace, what runs, and how the last four weeks went.
import { useEffect, useMemo, useRef, useState } from 'react';
import { type FlowSummary, loadList, useKept } from '../api';
import { showFlow } from '../app';
import { Button, count, Icon, Kbd, problem } from '../kit';
import { Cloth } from './Cloth';
import { NewFlow, RemoveFlow, RenameFlow } from './dialogs';
import { FlowRow } from './FlowRow';
import classes from './flows.module.css';
import { summaryWords } from './state';

/** With more flows than this, there is a field to find one. */
const FINDABLE = 8;

type Asked = { what: 'new' } | { what: 'rename' | 'remove'; flow: FlowSummary } | null;

export function FlowList() {
  const list = useKept((s) => s.list);
  const workspace = useKept((s) => s.workspace);
  const [find, setFind] = useState('');
  const [asked, setAsked] = useState<Asked>(null);
  const rows = useRef<HTMLDivElement>(null);
  useEffect(() => {
    loadList().catch(problem);
  }, []);
  const shown = useMemo(() => {
    const want = find.trim().toLowerCase();
    return want === ''
      ? (list ?? [])
      : (list ?? []).filter((flow) => `${flow.name} ${flow.id} ${flow.description ?? ''}`.toLowerCase().includes(want));
  }, [list, find]);
  const running = useMemo(
    () => (list ?? []).filter((flow) => flow.last_run?.status === 'running' || flow.last_run?.status === 'waiting'),
    [list],
  );
  if (list === null) return null;
  const readOnly = workspace !== null && workspace.read_only !== null;

  return (
    <div className={classes.start} data-region="canvas" tabIndex={-1}>
      <div className={classes.hero}>
        <div>
          <h1>{workspace?.name}</h1>
          <p>{summaryWords(list)}</p>
          {workspace?.read_only && <p className="warnc">{workspace.read_only}</p>}
          {!readOnly && (
            <Button look="pri" icon="plus" className={classes.large} onClick={() => setAsked({ what: 'new' })}>
              New flow <Kbd keys="mod+alt+n" />
            </Button>
          )}
        </div>
        <Cloth flows={list} />
      </div>
      <div className={classes.columns} data-wide={running.length === 0}>
        <section aria-label="Flows">
          <div className={classes.title}>
            <h2>{list.length > 0 ? 'Go on where you were' : 'Begin'}</h2>
            {list.length > FINDABLE && (
              <label className={classes.find}>
                <Icon name="search" size={14} />
                <input
                  aria-label="Find a flow"
                  placeholder={`Find in ${count(list.length)} flows`}
                  value={find}
                  onChange={(event) => setFind(event.currentTarget.value)}
                  onKeyDown={(event) => {
                    if (event.key === 'Enter' && shown[0]) showFlow(shown[0].id);
                    if (event.key === 'ArrowDown') rows.current?.querySelector<HTMLElement>('button')?.focus();
                  }}
                />
              </label>
            )}
          </div>
          {list.length === 0 ? (
            <p className="i2">A flow is made of nodes and the threads between them. Make one, and say what should start it.</p>
          ) : shown.length === 0 ? (
            <p className="i2">No flow is called that.</p>
          ) : (
            <div ref={rows} className={classes.well}>
              {shown.map((flow) => (
                <FlowRow
                  key={flow.id}
                  flow={flow}
                  readOnly={readOnly}
                  rename={() => setAsked({ what: 'rename', flow })}
                  remove={() => setAsked({ what: 'remove', flow })}
                />
              ))}
            </div>
          )}
        </section>
        {running.length > 0 && (
          <aside aria-label="Running">
            <div className={classes.title}>
              <h2>Running</h2>
            </div>
            <div className={classes.well}>
              {running.map((flow) => (
                <button key={flow.id} type="button" className={classes.mini} onClick={() => showFlow(flow.id)}>
                  <span className={flow.last_run?.status === 'waiting' ? 'warnc' : 'acc'}>
                    <Icon name={flow.last_run?.status === 'waiting' ? 'wait' : 'play'} size={14} />
                  </span>
                  <span className="m grow cut">{flow.name}</span>
                  <span className="t12 i3">Run {count(flow.last_run?.number ?? 0)}</span>
                </button>
              ))}
            </div>
          </aside>
        )}
      </div>
      {asked?.what === 'new' && <NewFlow flows={list} close={() => setAsked(null)} />}
      {asked?.what === 'rename' && <RenameFlow flow={asked.flow} close={() => setAsked(null)} />}
      {asked?.what === 'remove' && <RemoveFlow flow={asked.flow} close={() => setAsked(null)} />}
    </div>
  );
}
