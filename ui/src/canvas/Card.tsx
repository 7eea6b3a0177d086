// A node's card: LOOK 4. Place and selection belong to the wrapper and CSS; the card changes only with what it says.
import type { NodeProps } from '@xyflow/react';
import { memo, useContext, useEffect, useRef } from 'react';
import { nodeRun, useFlow } from '../api';
import { useScreen, useShownRun } from '../app';
import { Icon, Tile, TypeIcon } from '../kit';
import { type BoxNode, domId } from './board';
import { BoardContext } from './context';
import { type CardView, isCard, type Port } from './drawn';
import { Foot, useStepStatus } from './Foot';
import { COMPACT_TOP, TRIGGER_TOP } from './geometry';
import { rename } from './gestures';

export const Card = memo(CardOf, (a, b) => a.id === b.id && a.data === b.data);

function CardOf({ data }: NodeProps<BoxNode>) {
  const view = data.view;
  return isCard(view) ? <CardBody view={view} /> : null;
}

function CardBody({ view }: { view: CardView }) {
  const board = useContext(BoardContext);
  const run = useShownRun(board.id);
  const version = useFlow(board.id)?.version ?? '';
  const status = useStepStatus(run, view.id);
  const traced = useScreen((s) =>
    s.trace === null || s.trace.flow !== board.id ? '' : view.id in s.trace.nodes ? ' traced' : ' faded',
  );
  const renaming = board.ui((s) => s.renaming === view.id);
  const state = `${status && status !== 'skipped' ? ` is-${status}` : ''}${view.disabled ? ` is-${view.disabled}` : ''}${traced}`;
  const name = renaming ? <NameField view={view} /> : <span className="cut">{view.name}</span>;

  if (view.form === 'trigger') {
    return (
      <div {...named(view)} className={`trigger-box ${view.dye}`} style={{ paddingTop: TRIGGER_TOP }}>
        <div className={`card trigger ${view.dye}${state}`} title={view.finding?.message}>
          <TypeIcon svg={view.icon} size={18} />
        </div>
        <div className="under">{name}</div>
        <Ports ports={view.outputs} side="out" node={view.id} />
      </div>
    );
  }
  if (view.form === 'compact') {
    return (
      <div {...named(view)} className="compact-box" style={{ paddingTop: COMPACT_TOP }}>
        <div className={`card compact ${view.dye}${state}`} title={view.sub || undefined}>
          <Tile svg={view.icon} dye={view.dye} size="s" />
          <div className="name grow">{name}</div>
          <CardMark view={view} />
          {status === 'finished' && (
            <span className="i3">
              <Icon name="check" size={14} />
            </span>
          )}
          {status === 'failed' && (
            <span className="errc">
              <Icon name="stopped" size={14} />
            </span>
          )}
        </div>
        <Ports ports={view.inputs} side="in" node={view.id} />
        <Ports ports={view.outputs} side="out" node={view.id} />
        {view.viewed && <i className="port view-port" style={{ top: 46 }} />}
      </div>
    );
  }
  const problem = status === 'failed' && run !== null ? nodeRun(run, view.id)?.problem?.message : undefined;
  const sub = problem ?? view.finding?.message ?? view.sub;
  return (
    <div {...named(view)} className={`card ${view.dye}${state}${view.finding ? ' has-finding' : ''}`}>
      <div className="head">
        <Tile svg={view.icon} dye={view.dye} />
        <div className="grow">
          <div className="name">{name}</div>
          <div className={`sub cut${problem ? ' errc' : ''}`} title={sub}>
            {sub || ' '}
          </div>
        </div>
        <CardMark view={view} />
      </div>
      {view.rows > 0 && <Rows view={view} />}
      {run !== null && status !== null && status !== 'skipped' && (
        <Foot run={run} node={view.id} status={status} version={version} />
      )}
      {view.disabled === 'bypass' && <i className="bypass-thread" />}
      <Ports ports={view.inputs} side="in" node={view.id} />
      <Ports ports={view.outputs} side="out" node={view.id} />
      {view.viewed && <i className="port view-port" />}
    </div>
  );
}

/** How screen readers know the box; the canvas says more of it when it is chosen. */
const named = (view: CardView) => ({ id: domId(view.id), role: 'group', 'aria-label': `${view.name}, ${view.typeTitle}` });

/** The mark at the right: off, bypassed, pinned, or a finding. */
function CardMark({ view }: { view: CardView }) {
  if (view.disabled === 'off')
    return (
      <span className="i2" title="Switched off: items stop here">
        <Icon name="power" size={14} />
      </span>
    );
  if (view.disabled === 'bypass')
    return (
      <span className="i2" title="Bypassed: items pass through">
        <Icon name="skip" size={14} />
      </span>
    );
  if (view.pinned)
    return (
      <span className="acc" title="Its output is pinned">
        <Icon name="pin" size={14} />
      </span>
    );
  if (view.finding)
    return (
      <span
        className={view.finding.severity === 'error' ? 'errc' : 'warnc'}
        title={`${view.finding.message}. ${view.finding.help}`}
      >
        <Icon name="alert" size={14} />
      </span>
    );
  return null;
}

function Rows({ view }: { view: CardView }) {
  const ins = view.inputs.filter((p) => p.row);
  const outs = view.outputs.filter((p) => p.row);
  return (
    <div className="rows">
      {Array.from({ length: view.rows }, (_, i) => (
        <div className="port-row" key={i}>
          <span className="cut">{ins[i]?.label}</span>
          <span className={`cut${outs[i]?.shape === 'error' ? ' errc' : ''}`}>{outs[i]?.label}</span>
        </div>
      ))}
    </div>
  );
}

function Ports({ ports, side, node }: { ports: Port[]; side: 'in' | 'out'; node: string }) {
  return ports.map((p) => (
    <i
      key={p.name}
      className={`port nodrag nopan ${side} ${p.shape} ${p.dye}`}
      data-node={node}
      data-port={p.name}
      data-side={side}
      title={p.row ? undefined : p.label}
      style={{ top: p.y }}
    />
  ));
}

/** The name, edited in place: F2 or double-click. */
function NameField({ view }: { view: CardView }) {
  const board = useContext(BoardContext);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const end = (keep: boolean) => {
    const text = field.current?.value.trim() ?? '';
    board.ui.setState({ renaming: null });
    if (keep && text !== '' && text !== view.name) void rename(board, view.id, text);
    document.querySelector<HTMLElement>('[data-region=canvas]')?.focus({ preventScroll: true });
  };
  return (
    <input
      ref={field}
      className="name-field nodrag nopan nokey"
      defaultValue={view.name}
      aria-label="Name"
      onBlur={() => board.ui.getState().renaming === view.id && end(true)}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === 'Enter') end(true);
        if (e.key === 'Escape') end(false);
      }}
    />
  );
}
