// The data drawer: what went into the selected node and what came out, in the run that is shown.
import { Menu } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { type Flow, type Node, type NodeRun, type Side, useFlow, useNodeRun, useNodeType, useRunSummary } from '../api';
import { isLive, showTrace, useScreen, useSelection, useShownRun } from '../app';
import { count, Icon, notice, Segment, Tile } from '../kit';
import { ChartView } from './ChartView';
import { type Items, useItems } from './items';
import { JsonText } from './JsonText';
import { type Arranged, type Sort, useArranged } from './rows';
import classes from './runs.module.css';
import { Table } from './Table';
import { TracePane } from './TracePane';
import { Tree } from './Tree';
import { traceItem } from './tracing';
import { type Column, cellOf, columnsOf, portsOf, problemWords } from './values';

type How = 'table' | 'tree' | 'json' | 'chart';

/** A selected thread shows what it carried: the output of the node it leaves. */
function chosenOf(flow: Flow | undefined, selection: readonly string[]): { node: Node; port: string | null } | null {
  const id = selection.length === 1 ? selection[0] : undefined;
  const edge = flow?.edges.find((one) => one.id === id);
  const node = flow?.nodes.find((one) => one.id === (edge?.from ?? id));
  return node ? { node, port: edge?.from_port ?? null } : null;
}

export function Drawer({ flow }: { flow: string }) {
  const doc = useFlow(flow);
  const run = useShownRun(flow);
  const chosen = chosenOf(doc, useSelection(flow));
  const step = useNodeRun(run, chosen?.node.id);
  if (run === null) return null;
  if (!chosen) return <p className={classes.say}>Select a node to see its items.</p>;
  return <NodeData key={chosen.node.id} flow={flow} run={run} node={chosen.node} port={chosen.port} step={step} />;
}

interface DataProps {
  flow: string;
  run: string;
  node: Node;
  port: string | null;
  step: NodeRun | undefined;
}

function NodeData({ flow, run, node, port: threadPort, step }: DataProps) {
  const type = useNodeType(node.type);
  const live = isLive(useRunSummary(run));
  const ports = useMemo(() => portsOf(type, step?.items_out ?? []), [type, step?.items_out]);
  const firstPort = ports[0]?.name ?? 'out';
  const [view, setView] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a click on a thread shows what it carries.
  useEffect(() => setView(null), [threadPort]);
  // A step that stopped is looked into where its items came in.
  const stopped = step?.status === 'failed' && type?.trigger !== true;
  const shown = view ?? (threadPort ? `out ${threadPort}` : ports.length === 0 || stopped ? 'in' : `out ${firstPort}`);
  const side: Side = shown === 'in' ? 'in' : 'out';
  const port = side === 'in' ? null : shown.slice(4);
  const counted = side === 'in' ? (step?.items_in ?? 0) : (step?.items_out.find((one) => one.port === port)?.items ?? 0);
  const ran = step !== undefined;
  const source = useMemo(() => (ran ? { run, node: node.id, side, port } : null), [ran, run, node.id, side, port]);
  const items = useItems(source, counted);

  const [how, setHow] = useState<How>('table');
  const [find, setFind] = useState('');
  const [sort, setSort] = useState<Sort | null>(null);
  const [whole, setWhole] = useState<number | null>(null);
  const arranged = useArranged(items, sort, find);
  const columns = useMemo(() => columnsOf(items.first), [items.first]);
  const trace = useScreen((s) => (s.trace?.flow === flow && s.trace.run === run ? s.trace : null));
  const traced =
    trace?.chosen?.node === node.id && side === 'out' && (trace.chosen.port ?? firstPort) === port ? trace.chosen.item : null;
  const narrow = trace?.chosen !== undefined && traced !== null && innerWidth < 1700;
  const total = items.total;
  const options = [
    ...(type?.trigger ? [] : [{ value: 'in', label: <Counted name="In" n={step?.items_in} /> }]),
    ...ports.map((one, index) => ({
      value: `out ${one.name}`,
      label: (
        <Counted
          name={index === 0 && ports.length === 1 ? 'Out' : one.label}
          n={step?.items_out.find((out) => out.port === one.name)?.items}
        />
      ),
    })),
  ];
  const choose = (index: number) => {
    if (side === 'in') return;
    void traceItem({ flow, run, node: node.id, port, item: index });
  };
  const open = (index: number) => {
    setWhole(index);
    setHow('tree');
  };

  return (
    <div className={classes.drawer}>
      <div className={classes.main}>
        <div className={classes.bar}>
          <span className={classes.who}>
            <Tile size="s" svg={type?.icon ?? ''} group={type?.group ?? ''} />
            <span className="cut">{node.name}</span>
          </span>
          <span className={classes.sides}>
            <Segment label="Side" value={shown} onChange={setView} options={options} />
          </span>
          <span className="sp" />
          {total > 1 && (
            <label className={classes.find}>
              <Icon name="search" size={14} />
              <input
                aria-label={`Find in ${count(total)} items`}
                placeholder={`Find in ${count(total)} items`}
                value={find}
                onChange={(event) => setFind(event.currentTarget.value)}
              />
              {find !== '' && arranged.order && <span className="t11">{count(arranged.order.length)}</span>}
            </label>
          )}
          <Segment<How>
            label="Look"
            value={how}
            onChange={(next) => {
              setWhole(null);
              setHow(next);
            }}
            options={[
              { value: 'table', label: narrow ? '' : 'Table', title: 'Table', icon: 'table' },
              { value: 'tree', label: narrow ? '' : 'Tree', title: 'Tree', icon: 'tree' },
              { value: 'json', label: narrow ? '' : 'JSON', title: 'JSON', icon: 'braces' },
              { value: 'chart', label: narrow ? '' : 'Chart', title: 'Chart', icon: 'chart' },
            ]}
          />
        </div>
        {step?.problem && (
          <div className={classes.said} role="alert">
            <Icon name="stopped" size={14} />
            <span>{problemWords(step.problem)}</span>
          </div>
        )}
        {arranged.cut && (
          <p
            className={classes.say}
          >{`Only the first ${count(arranged.all?.length ?? 0)} of ${count(total)} items were looked at.`}</p>
        )}
        <div className={classes.content}>
          <Content
            {...{ how, items, arranged, columns, sort, setSort, traced, whole, choose, open }}
            step={step}
            node={node}
            side={side}
            port={port}
            live={live}
            leave={() => showTrace(null)}
          />
        </div>
      </div>
      {trace?.chosen && traced !== null && <TracePane flow={flow} trace={trace} item={items.at(trace.chosen.item)} />}
    </div>
  );
}

function Counted({ name, n }: { name: string; n: number | undefined }) {
  return (
    <>
      {name}
      {n !== undefined && <span className={classes.n}>{count(n)}</span>}
    </>
  );
}

interface ContentProps {
  how: How;
  items: Items;
  arranged: Arranged;
  columns: Column[];
  sort: Sort | null;
  setSort(sort: Sort | null): void;
  traced: number | null;
  whole: number | null;
  choose(index: number): void;
  open(index: number): void;
  leave(): void;
  step: NodeRun | undefined;
  node: Node;
  side: Side;
  port: string | null;
  live: boolean;
}

/** Heads sum up a column where all of its values are here. */
const SUMMED = 2000;

function Content({
  live,
  how,
  items,
  arranged,
  columns,
  sort,
  setSort,
  traced,
  whole,
  choose,
  open,
  leave,
  step,
  node,
  side,
  port,
}: ContentProps) {
  const [menu, setMenu] = useState<{ index: number; column: Column | null; x: number; y: number } | null>(null);
  const { total, first, at } = items;
  // A table that is not long is read whole, so that its heads can speak.
  useEffect(() => {
    if (total <= SUMMED && first.length > 0 && first.length < total) at(first.length);
  }, [total, first, at]);
  if (items.problem ?? arranged.problem) {
    const problem = items.problem ?? arranged.problem;
    return <p className={classes.say}>{problem && problemWords(problem)}</p>;
  }
  const label = `${side === 'in' ? 'Input' : 'Output'} of ${node.name}`;
  if (!step)
    return <p className={classes.say}>{live ? `${node.name} has not run yet.` : `${node.name} did not run in this run.`}</p>;
  if (total === 0) return <p className={classes.say}>{emptyWords(step, node.name, side)}</p>;
  const byPlace = (index: number) => arranged.all?.[index] ?? at(index);
  const shownItems = arranged.order && arranged.all ? arranged.order.flatMap((index) => arranged.all?.[index] ?? []) : first;
  switch (how) {
    case 'tree':
      return <Tree order={arranged.order} total={total} at={byPlace} start={whole} label={label} />;
    case 'json':
      return <JsonText items={shownItems} total={arranged.order?.length ?? total} label={label} />;
    case 'chart':
      return (
        <ChartView
          items={shownItems}
          total={arranged.order?.length ?? total}
          columns={columns}
          lit={traced !== null && arranged.order ? arranged.order.indexOf(traced) : traced}
          onPick={(index) => choose(arranged.order?.[index] ?? index)}
        />
      );
    default:
      return (
        <>
          <Table
            columns={columns}
            total={total}
            at={at}
            whole={first.length === total ? first : null}
            arranged={arranged}
            sort={sort}
            setSort={setSort}
            traced={traced}
            wrong={
              side === 'in' && step.problem && step.problem.item !== null
                ? { at: step.problem.item, message: step.problem.message }
                : null
            }
            dragged={(column) => pathOf(node.id, side === 'in' ? null : port, null, column.key)}
            label={label}
            onChoose={choose}
            onWhole={open}
            onMenu={(index, column, x, y) => setMenu({ index, column, x, y })}
            onLeave={leave}
          />
          {menu && (
            <RowMenu
              {...menu}
              item={byPlace(menu.index)?.json}
              value={menu.column && byPlace(menu.index) ? cellOf(byPlace(menu.index)!, menu.column.key) : undefined}
              path={side === 'out' ? pathOf(node.id, port, menu.index, menu.column?.key) : null}
              open={() => open(menu.index)}
              close={() => setMenu(null)}
            />
          )}
        </>
      );
  }
}

function emptyWords(step: NodeRun, name: string, side: Side): string {
  if (step.status === 'skipped') return `${name} was skipped: nothing came.`;
  if (step.status === 'running' || step.status === 'queued') return 'Nothing yet.';
  return side === 'in' ? 'Nothing came in.' : 'Nothing came out.';
}

/** How an expression names a value: `nodes.by_month.items[14].month`; `item.month` of what comes in, for any item. */
export function pathOf(node: string, port: string | null, index: number | null, key?: string): string {
  const items = port === null || port === 'out' ? 'items' : `ports.${port}`;
  const member =
    key === undefined || key === '' || key.startsWith('\0')
      ? ''
      : /^[A-Za-z_$][\w$]*$/.test(key)
        ? `.${key}`
        : `['${key.replaceAll("'", "\\'")}']`;
  if (index === null) return port === null ? `item${member}` : `nodes.${node}.item${member}`;
  return `nodes.${node}.${items}[${index}]${member}`;
}

interface RowMenuProps {
  x: number;
  y: number;
  column: Column | null;
  item: unknown;
  value: unknown;
  path: string | null;
  open(): void;
  close(): void;
}

function RowMenu({ x, y, column, item, value, path, open, close }: RowMenuProps) {
  const copy = (text: string, what: string) => void navigator.clipboard.writeText(text).then(() => notice(`${what} copied.`));
  return (
    <Menu opened onClose={close} position="bottom-start" width={200}>
      <Menu.Target>
        <span style={{ position: 'fixed', left: x, top: y }} />
      </Menu.Target>
      <Menu.Dropdown>
        {column && value !== undefined && (
          <Menu.Item
            leftSection={<Icon name="copy" />}
            onClick={() => copy(typeof value === 'string' ? value : JSON.stringify(value), 'Value')}
          >
            Copy value
          </Menu.Item>
        )}
        {path && (
          <Menu.Item leftSection={<Icon name="link" />} onClick={() => copy(path, 'Path')}>
            Copy path
          </Menu.Item>
        )}
        <Menu.Item leftSection={<Icon name="braces" />} onClick={() => copy(JSON.stringify(item, null, 2), 'Item')}>
          Copy item
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="tree" />} onClick={open}>
          Open as tree
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
