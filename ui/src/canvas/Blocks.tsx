// Blocks: boxes that do not compute. Note, frame, view.
import type { NodeProps } from '@xyflow/react';
import { memo, type PointerEvent as Pointer, useContext, useEffect, useRef } from 'react';
import Markdown from 'react-markdown';
import { ViewContent } from '../runs';
import { type BoxNode, domId } from './board';
import { BoardContext } from './context';
import { type BlockView, isCard } from './drawn';
import { type Rect, snap } from './geometry';
import { resize, resizing, setBlockText } from './gestures';

const same = (a: NodeProps<BoxNode>, b: NodeProps<BoxNode>) => a.id === b.id && a.data === b.data && a.selected === b.selected;
const SAFE = ['p', 'strong', 'em', 'code', 'pre', 'ul', 'ol', 'li', 'h1', 'h2', 'h3', 'h4', 'blockquote', 'br', 'hr', 'del'];

/** Markdown as text: no links that lead out, no pictures, nothing that asks anybody. */
export const NoteText = memo(function NoteText({ text }: { text: string }) {
  return (
    <Markdown allowedElements={SAFE} unwrapDisallowed>
      {text}
    </Markdown>
  );
});

export const Note = memo(function Note({ data, selected }: NodeProps<BoxNode>) {
  const board = useContext(BoardContext);
  const view = data.view as BlockView;
  const editing = board.ui((s) => s.renaming === view.id);
  const text = typeof view.block.fields.text === 'string' ? view.block.fields.text : '';
  return (
    <div id={domId(view.id)} className={`note ${view.dye}`}>
      <div className="note-text">{editing ? <TextArea view={view} text={text} /> : <NoteText text={text} />}</div>
      {selected && <Resize id={view.id} min={[96, 48]} />}
    </div>
  );
}, same);

function TextArea({ view, text }: { view: BlockView; text: string }) {
  const board = useContext(BoardContext);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const end = () => {
    const now = field.current?.value ?? text;
    board.ui.setState({ renaming: null });
    if (now !== text) void setBlockText(board, view.id, now);
    document.querySelector<HTMLElement>('[data-region=canvas]')?.focus({ preventScroll: true });
  };
  return (
    <textarea
      ref={field}
      className="note-field nodrag nopan nowheel nokey"
      aria-label="Note"
      defaultValue={text}
      onBlur={end}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === 'Escape' || (e.key === 'Enter' && (e.ctrlKey || e.metaKey))) end();
      }}
    />
  );
}

/** Only the title of a frame is a target; its ground belongs to the thread layer. */
export const Frame = memo(function Frame({ data, selected }: NodeProps<BoxNode>) {
  const board = useContext(BoardContext);
  const view = data.view as BlockView;
  const editing = board.ui((s) => s.renaming === view.id);
  const text = typeof view.block.fields.name === 'string' ? view.block.fields.name : 'Frame';
  return (
    <div id={domId(view.id)} className={`frame-box ${view.dye}${selected ? ' selected-frame' : ''}`}>
      {editing ? <FrameName view={view} text={text} /> : <span className="frame-name cut">{text}</span>}
      {selected && <Resize id={view.id} min={[120, 80]} />}
    </div>
  );
}, same);

function FrameName({ view, text }: { view: BlockView; text: string }) {
  const board = useContext(BoardContext);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const end = (keep: boolean) => {
    const now = field.current?.value.trim() ?? '';
    board.ui.setState({ renaming: null });
    if (keep && now !== '' && now !== text) void setBlockText(board, view.id, now, 'name');
  };
  return (
    <input
      ref={field}
      className="frame-name name-field nodrag nopan nokey"
      aria-label="Title"
      defaultValue={text}
      onBlur={() => board.ui.getState().renaming === view.id && end(true)}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === 'Enter') end(true);
        if (e.key === 'Escape') end(false);
      }}
    />
  );
}

export const View = memo(function View({ data, selected }: NodeProps<BoxNode>) {
  const board = useContext(BoardContext);
  const view = data.view as BlockView;
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (place.current) board.threads.structure();
  }, [board]);
  return (
    <div id={domId(view.id)} className="view-block">
      <i className="port view-port top" data-hangs={view.id} ref={place} />
      <div className="view-content">
        <ViewContent flow={board.id} block={view.block} />
      </div>
      {selected && <Resize id={view.id} min={[200, 120]} />}
    </div>
  );
}, same);

/** The corner that drags a block's size. */
function Resize({ id, min }: { id: string; min: [number, number] }) {
  const board = useContext(BoardContext);
  const down = (event: Pointer<HTMLElement>) => {
    if (board.readOnly) return;
    event.stopPropagation();
    event.preventDefault();
    const box = board.drawn.boxes.get(id);
    if (!box || isCard(box.view)) return;
    const from: Rect = { ...box };
    const { clientX, clientY } = event;
    const at = (e: PointerEvent): Rect => ({
      x: from.x,
      y: from.y,
      w: Math.max(min[0], snap(from.w + (e.clientX - clientX) / board.zoom)),
      h: Math.max(min[1], snap(from.h + (e.clientY - clientY) / board.zoom)),
    });
    const move = (e: PointerEvent) => resizing(board, id, at(e));
    const up = (e: PointerEvent) => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      void resize(board, id, at(e));
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
  };
  return <i className="resize nodrag nopan" onPointerDown={down} />;
}
