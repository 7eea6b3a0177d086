// Quick-add: the list of node types at the end of a wire or under the pointer. First what fits.
import './palette.css';
import { type KeyboardEvent as Keys, useEffect, useMemo, useRef, useState } from 'react';
import { type NodeTypeView, type PortShape, useKept } from '../api';
import { type Dye, familyWords, Icon, Kbd, Tile } from '../kit';
import { Match } from './Match';
import { best, takes } from './rank';

const WIDTH = 336;
const HEIGHT = 380;

interface Props {
  /** The wire's end, inside the canvas. */
  at: { x: number; y: number };
  area: { w: number; h: number };
  wire: { side: 'in' | 'out'; shape: PortShape; dye: Dye; from: string } | null;
  /** The new node goes into a thread. */
  into: boolean;
  onPick(type: string, goOn: boolean): void;
  onClose(): void;
}

export function QuickAdd({ at, area, wire, into, onPick, onClose }: Props) {
  const types = useKept((s) => s.types);
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);

  const { fit, not } = useMemo(() => {
    const found = best(
      query,
      types,
      (t) => t.title,
      (t) => [...t.keywords, t.group, t.id],
    );
    const ok = (t: NodeTypeView) =>
      into ? t.inputs.length > 0 && t.outputs.length > 0 : wire === null || takes(t, wire.side, wire.shape);
    return { fit: found.filter(ok), not: wire || into ? found.filter((t) => !ok(t) && query !== '') : [] };
  }, [query, types, wire, into]);
  const type = fit[Math.min(chosen, fit.length - 1)];

  useEffect(() => {
    void list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  });
  useEffect(() => {
    const away = (e: PointerEvent) => {
      if (e.target instanceof Node && !box.current?.contains(e.target)) onClose();
    };
    addEventListener('pointerdown', away);
    return () => removeEventListener('pointerdown', away);
  }, [onClose]);

  const key = (e: Keys) => {
    if (e.key === 'ArrowDown') setChosen((n) => Math.min(fit.length - 1, n + 1));
    else if (e.key === 'ArrowUp') setChosen((n) => Math.max(0, n - 1));
    else if ((e.key === 'Enter' || e.key === 'Tab') && type) onPick(type.id, e.key === 'Tab');
    else if (e.key === 'Escape') onClose();
    else if (e.key !== 'Tab' && e.key !== 'Enter') return e.stopPropagation();
    e.preventDefault();
    e.stopPropagation();
  };
  // Without room at the wire's end it stands below, so that it does not cover where the wire comes from.
  const beside = at.x + WIDTH + 8 <= area.w;
  const left = Math.max(8, Math.min(at.x, area.w - WIDTH - 8));
  const top = Math.max(8, Math.min(beside || !wire ? at.y - 24 : at.y + 64, area.h - HEIGHT - 8));
  return (
    <div
      ref={box}
      className="menu quick-add nokey nowheel"
      style={{ left, top, width: WIDTH }}
      role="dialog"
      aria-label="Add a node"
      onKeyDown={key}
    >
      <div className="quick-field">
        <Icon name="search" size={14} />
        <input
          // biome-ignore lint/a11y/noAutofocus: it was opened to be typed into
          autoFocus
          value={query}
          placeholder={into ? 'What goes in between' : 'What comes next'}
          aria-label="Search node types"
          role="combobox"
          aria-expanded
          aria-controls="quick-list"
          aria-activedescendant={type && `quick-${type.id}`}
          onChange={(e) => {
            setQuery(e.target.value);
            setChosen(0);
          }}
        />
        {wire && (
          <span className="chip">
            <i className={`dot-port ${wire.dye} ${wire.shape}`} />
            {wire.shape}
          </span>
        )}
      </div>
      <div className="quick-list" id="quick-list" role="listbox" aria-label="Node types" ref={list}>
        {fit.length > 0 && (
          <p className="section">
            {wire ? (wire.side === 'out' ? `Fits ${wire.from}` : `Leads to ${wire.from}`) : into ? 'Fits between' : 'Nodes'}
          </p>
        )}
        {fit.map((t, i) => (
          <div
            key={t.id}
            id={`quick-${t.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={t === type}
            className={`quick-row${t === type ? ' on' : ''}`}
            onPointerMove={() => setChosen(i)}
            onClick={(e) => onPick(t.id, e.shiftKey)}
          >
            <Tile svg={t.icon} group={t.group} size="s" />
            <span className="m cut">
              <Match text={t.title} query={query} />
            </span>
            <span className="family">{familyWords(t.group)}</span>
          </div>
        ))}
        {not.length > 0 && <p className="section">Does not fit here</p>}
        {not.slice(0, 4).map((t) => (
          <div key={t.id} className="quick-row unfit" role="option" tabIndex={-1} aria-selected={false} aria-disabled>
            <Tile svg={t.icon} group={t.group} size="s" />
            <span className="m cut">{t.title}</span>
            <span className="family">{familyWords(t.group)}</span>
          </div>
        ))}
        {fit.length === 0 && not.length === 0 && <p className="section">Nothing called “{query}”.</p>}
      </div>
      {type && (
        <div className="quick-help">
          <p className="b">{type.title}</p>
          <p className="i2">{type.summary}</p>
        </div>
      )}
      <div className="quick-foot">
        <span>
          <Kbd keys="enter" /> add
        </span>
        <span>
          <Kbd keys="tab" /> add and go on
        </span>
        <span>
          <Kbd keys="escape" /> {wire ? 'drop the thread' : 'close'}
        </span>
      </div>
    </div>
  );
}
