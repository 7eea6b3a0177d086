// The menu of the right button: what can be done with what is under it.
import { useEffect, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { commands, commandTitle } from '../app';
import { Icon, Kbd } from '../kit';
import type { Board, MenuAt } from './board';

const OFFERED: Record<MenuAt['of'], string[][]> = {
  node: [
    ['run.to', 'run.from', 'run.only'],
    ['canvas.off', 'canvas.bypass', 'canvas.pin', 'canvas.compact', 'canvas.view'],
    ['canvas.rename', 'canvas.duplicate', 'canvas.copy', 'canvas.cut', 'canvas.frame'],
    ['canvas.delete'],
  ],
  block: [['canvas.rename', 'canvas.duplicate', 'canvas.copy', 'canvas.cut'], ['canvas.delete']],
  edge: [['canvas.add'], ['canvas.delete']],
  cloth: [
    ['canvas.add', 'canvas.note', 'canvas.paste'],
    ['canvas.tidy', 'canvas.all', 'canvas.zoom.all', 'canvas.zoom.100'],
  ],
};

export function CanvasMenu({ board }: { board: Board }) {
  const at = board.ui((s) => s.menu);
  // Over everything: the canvas clips what is inside it.
  return at ? createPortal(<Open board={board} at={at} />, document.body) : null;
}

function Open({ board, at }: { board: Board; at: MenuAt }) {
  const menu = useRef<HTMLDivElement>(null);
  const close = () => board.ui.setState({ menu: null });
  useLayoutEffect(() => {
    const el = menu.current;
    if (!el) return;
    el.style.left = `${Math.max(4, Math.min(at.x, innerWidth - el.offsetWidth - 8))}px`;
    el.style.top = `${Math.max(4, Math.min(at.y, innerHeight - el.offsetHeight - 8))}px`;
    el.querySelector<HTMLElement>('button')?.focus();
  }, [at]);
  useEffect(() => {
    const away = (e: PointerEvent) => {
      if (e.target instanceof Node && !menu.current?.contains(e.target)) board.ui.setState({ menu: null });
    };
    addEventListener('pointerdown', away, true);
    return () => removeEventListener('pointerdown', away, true);
  }, [board]);
  const can = commands();
  const groups = OFFERED[at.of].map((ids) => ids.flatMap((id) => can.find((c) => c.id === id) ?? [])).filter((g) => g.length > 0);
  const step = (by: number) => {
    const all = [...(menu.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    all[(all.indexOf(document.activeElement as HTMLElement) + by + all.length) % all.length]?.focus();
  };
  return (
    <div
      ref={menu}
      className="menu context-menu nokey"
      role="menu"
      tabIndex={-1}
      onKeyDown={(e) => {
        if (e.key === 'Escape') {
          close();
          document.querySelector<HTMLElement>('[data-region=canvas]')?.focus({ preventScroll: true });
        } else if (e.key === 'ArrowDown') step(1);
        else if (e.key === 'ArrowUp') step(-1);
        else if (e.key !== 'Enter' && e.key !== ' ') return;
        else return e.stopPropagation();
        e.preventDefault();
        e.stopPropagation();
      }}
    >
      {groups.map((group, i) => (
        <div className="menu-group" key={i} role="group">
          {group.map((c) => (
            <button
              key={c.id}
              type="button"
              role="menuitem"
              onClick={() => {
                close();
                document.querySelector<HTMLElement>('[data-region=canvas]')?.focus({ preventScroll: true });
                c.run();
              }}
            >
              <Icon name={c.icon} size={14} />
              <span className="grow cut">{commandTitle(c)}</span>
              {c.keys && <Kbd keys={c.keys.split(' ')[0]!} />}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}
