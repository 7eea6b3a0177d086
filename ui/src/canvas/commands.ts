// Commands of the canvas: what its keys, its menus and the palette do.
import { type NodeTypeView, redo, undo, useKept } from '../api';
import { type Command, focusInspector, select } from '../app';
import { notice, problem } from '../kit';
import type { Board, Wire } from './board';
import { pasteSoon } from './clipboard';
import { fits, isCard } from './drawn';
import { GAP, type Point, right } from './geometry';
import {
  addFrame,
  addNode,
  addNote,
  addView,
  compact,
  copy,
  cut,
  disable,
  duplicate,
  paste,
  pin,
  remove,
  tidyUp,
} from './gestures';
import { type Way, walk } from './walk';

export interface Camera {
  fit(ids?: readonly string[]): void;
  zoomTo(zoom: number): void;
  zoomBy(by: number): void;
  /** Brings a box into view if it is not. */
  reveal(id: string): void;
  /** The place under the pointer, else the middle of the view. */
  pointer(): Point;
}

/** Takes a gesture back, or brings it back; says what others kept. */
async function step(board: Board, way: 'undo' | 'redo') {
  const what = useKept.getState().flows[board.id]?.[way];
  if (!what) return;
  try {
    const applied = await (way === 'undo' ? undo : redo)(board.id);
    if (applied.kept.length > 0) notice(applied.kept.join(' '));
  } catch (error) {
    problem(error);
  }
}

/** The one selected node. */
function one(board: Board): string | null {
  const ids = [...board.selection].filter((id) => board.card(id));
  return ids.length === 1 ? ids[0]! : null;
}

/** Opens quick-add: from the selection, into a selected thread, else where the pointer is. */
export function quickAdd(board: Board, camera: Camera, at: Point | null = null) {
  if (board.readOnly) return;
  const edge = board.drawn.edges.find((e) => board.selection.has(e.id));
  if (at === null && edge) {
    const route = board.router.routes.get(edge.id);
    const [x0 = 0, y0 = 0, x1 = 0] = route?.box ?? [];
    board.ui.setState({ quickAdd: { at: { x: (x0 + x1) / 2, y: y0 }, wire: null, into: edge.id } });
    return;
  }
  const node = at === null ? one(board) : null;
  const box = board.drawn.boxes.get(node ?? '');
  const port = node === null ? undefined : board.card(node)?.outputs.find((p) => p.shape !== 'error');
  if (node !== null && box && port) {
    const from = board.portAt(node, 'out', port);
    board.ui.setState({
      quickAdd: { at: { x: right(box) + GAP, y: from.y }, wire: { node, port, side: 'out', instead: null }, into: null },
    });
    board.threads.wire({ ...from, side: 'out' }, { x: right(box) + GAP - 8, y: from.y }, false);
    return;
  }
  board.ui.setState({ quickAdd: { at: at ?? camera.pointer(), wire: null, into: null } });
}

function go(board: Board, camera: Camera, way: Way, extend: boolean) {
  const nodes = [...board.drawn.boxes.values()].filter((b) => isCard(b.view));
  const here = [...board.selection].findLast((id) => board.card(id)) ?? null;
  const next = walk(nodes, board.drawn.edges, here, way);
  if (next === null) return;
  select(board.id, extend ? [...board.selection].filter((id) => id !== next).concat(next) : [next]);
  camera.reveal(next);
}

/** A command for each node type: the palette adds by them. */
export const addCommandsOf = (board: Board, camera: Camera, types: readonly NodeTypeView[]): Command[] =>
  types.map((t) => ({
    id: `canvas.add.${t.id}`,
    title: `Add ${t.title}`,
    icon: 'plus',
    silent: true,
    when: () => !board.readOnly,
    run: async () => {
      const node = one(board);
      const box = board.drawn.boxes.get(node ?? '');
      const port =
        node === null ? undefined : board.card(node)?.outputs.find((p) => t.inputs.some((i) => fits(p.shape, i.shape)));
      const wire: Wire | null = node !== null && port ? { node, port, side: 'out', instead: null } : null;
      const at = wire && box ? { x: right(box) + GAP, y: board.portAt(wire.node, 'out', wire.port).y } : camera.pointer();
      const made = await addNode(board, t.id, { at, wire, into: null });
      if (made !== null) camera.reveal(made);
    },
  }));

/** All commands of one canvas. */
export function canvasCommands(board: Board, camera: Camera): Command[] {
  const some = () => board.selection.size > 0;
  const node = () => one(board) !== null;
  const edits = () => !board.readOnly;
  const area = 'canvas' as const;
  const ways: Way[] = ['left', 'right', 'up', 'down'];
  const walks = ways.flatMap((way): Command[] => [
    {
      id: `canvas.${way}`,
      title: `Go ${way}`,
      icon: 'right',
      keys: `arrow${way}`,
      area,
      silent: true,
      when: () => !board.ui.getState().moving,
      run: () => go(board, camera, way, false),
    },
    {
      id: `canvas.extend.${way}`,
      title: `Extend ${way}`,
      icon: 'right',
      keys: `shift+arrow${way}`,
      area,
      silent: true,
      when: () => !board.ui.getState().moving,
      run: () => go(board, camera, way, true),
    },
  ]);
  return [
    ...walks,
    { id: 'canvas.add', title: 'Add a node', icon: 'plus', keys: 'n', area, when: edits, run: () => quickAdd(board, camera) },
    {
      id: 'canvas.undo',
      title: () => `Undo: ${useKept.getState().flows[board.id]?.undo}`,
      icon: 'undo',
      keys: 'mod+z',
      area: 'window',
      when: () => Boolean(useKept.getState().flows[board.id]?.undo),
      run: () => step(board, 'undo'),
    },
    {
      id: 'canvas.redo',
      title: () => `Redo: ${useKept.getState().flows[board.id]?.redo}`,
      icon: 'redo',
      keys: 'mod+shift+z mod+y',
      area: 'window',
      when: () => Boolean(useKept.getState().flows[board.id]?.redo),
      run: () => step(board, 'redo'),
    },
    {
      id: 'canvas.copy',
      title: 'Copy as YAML',
      icon: 'copy',
      keys: 'mod+c',
      area,
      when: () => some() && !getSelection()?.toString(),
      run: () => void copy(board),
    },
    {
      id: 'canvas.cut',
      title: 'Cut',
      icon: 'cut',
      keys: 'mod+x',
      area,
      when: () => some() && edits(),
      run: () => void cut(board),
    },
    {
      id: 'canvas.paste',
      title: 'Paste',
      icon: 'paste',
      keys: 'mod+v',
      area,
      when: edits,
      native: true,
      run: () => pasteSoon((text) => void paste(board, camera.pointer(), text)),
    },
    {
      id: 'canvas.duplicate',
      title: 'Duplicate',
      icon: 'copy',
      keys: 'd',
      area,
      when: () => some() && edits(),
      run: () => void duplicate(board),
    },
    {
      id: 'canvas.delete',
      title: 'Delete',
      icon: 'trash',
      keys: 'delete backspace',
      area,
      when: () => some() && edits(),
      run: () => void remove(board, [...board.selection]),
    },
    {
      id: 'canvas.delete.only',
      title: 'Delete without joining',
      icon: 'trash',
      keys: 'shift+delete',
      area,
      silent: true,
      when: () => some() && edits(),
      run: () => void remove(board, [...board.selection], false),
    },
    {
      id: 'canvas.all',
      title: 'Select all',
      icon: 'select',
      keys: 'mod+a',
      area,
      run: () => select(board.id, [...board.drawn.boxes.keys()]),
    },
    { id: 'canvas.tidy', title: 'Tidy', icon: 'tidy', keys: 'l', area, when: edits, run: () => void tidyUp(board) },
    {
      id: 'canvas.open',
      title: 'To the settings',
      icon: 'pencil',
      keys: 'enter',
      area,
      when: () => node() && !board.ui.getState().moving,
      run: () => focusInspector('field'),
    },
    {
      id: 'canvas.rename',
      title: 'Rename',
      icon: 'pencil',
      keys: 'f2',
      area,
      when: () => board.selection.size === 1 && edits(),
      run: () => {
        const id = [...board.selection][0]!;
        if (board.drawn.boxes.has(id)) board.ui.setState({ renaming: id });
      },
    },
    {
      id: 'canvas.move',
      title: 'Move by keys',
      icon: 'grip',
      keys: 'm',
      area,
      when: () => some() && edits() && !board.ui.getState().moving,
      run: () => board.ui.setState({ moving: true }),
    },
    {
      id: 'canvas.off',
      title: 'Switch off or on',
      icon: 'power',
      keys: 'o',
      area,
      when: () => some() && edits(),
      run: () => disable(board, 'off'),
    },
    {
      id: 'canvas.bypass',
      title: 'Bypass',
      icon: 'skip',
      keys: 'b',
      area,
      when: () => some() && edits(),
      run: () => disable(board, 'bypass'),
    },
    {
      id: 'canvas.pin',
      title: 'Pin or free the output',
      icon: 'pin',
      keys: 'p',
      area,
      when: () => node() && edits() && board.run !== null,
      run: () => void pin(board),
    },
    {
      id: 'canvas.compact',
      title: 'Compact',
      icon: 'minus',
      keys: 'y',
      area,
      when: () => some() && edits(),
      run: () => compact(board),
    },
    {
      id: 'canvas.note',
      title: 'Add a note',
      icon: 'note',
      keys: 't',
      area,
      when: edits,
      run: () => void addNote(board, camera.pointer()),
    },
    {
      id: 'canvas.frame',
      title: 'Frame the selection',
      icon: 'group',
      keys: 'f',
      area,
      when: () => some() && edits(),
      run: () => void addFrame(board),
    },
    {
      id: 'canvas.view',
      title: 'Add a view of its output',
      icon: 'table',
      area,
      when: () => node() && edits(),
      run: () => {
        const id = one(board);
        if (id !== null) void addView(board, id);
      },
    },
    { id: 'canvas.zoom.100', title: 'Zoom to 100 %', icon: 'search', keys: '0', area, run: () => camera.zoomTo(1) },
    { id: 'canvas.zoom.all', title: 'Zoom to everything', icon: 'fit', keys: '1', area, run: () => camera.fit() },
    {
      id: 'canvas.zoom.selection',
      title: 'Zoom to the selection',
      icon: 'fit',
      keys: '2',
      area,
      when: some,
      run: () => camera.fit([...board.selection]),
    },
    { id: 'canvas.zoom.in', title: 'Zoom in', icon: 'plus', keys: 'plus', area, silent: true, run: () => camera.zoomBy(1.2) },
    { id: 'canvas.zoom.out', title: 'Zoom out', icon: 'minus', keys: '-', area, silent: true, run: () => camera.zoomBy(1 / 1.2) },
    { id: 'canvas.map', title: 'Show or hide the map', icon: 'map', run: () => board.ui.setState((s) => ({ map: !s.map })) },
    {
      id: 'canvas.out',
      title: 'One step out',
      icon: 'close',
      keys: 'escape',
      area,
      silent: true,
      when: () => !board.ui.getState().moving,
      run: () => {
        const ui = board.ui.getState();
        if (ui.menu) board.ui.setState({ menu: null });
        else select(board.id, []);
      },
    },
  ];
}
