// Toasts: bottom centre, at most three, five seconds, one action. Errors stay.
import { create } from 'zustand';
import { Icon, type IconName } from './icons';

interface Notice {
  id: number;
  text: string;
  help: string;
  tone: 'plain' | 'error';
  icon: IconName;
  action?: { label: string; run(): void };
}

const SHOWN = 5000;
let next = 0;

const useNotices = create<{ list: Notice[] }>(() => ({ list: [] }));

function show(notice: Omit<Notice, 'id'>) {
  const id = ++next;
  const same = (n: Notice) => n.text === notice.text && n.tone === notice.tone;
  useNotices.setState((s) => ({ list: [...s.list.filter((n) => !same(n)), { ...notice, id }].slice(-3) }));
  if (notice.tone === 'plain') setTimeout(() => drop(id), SHOWN);
}

function drop(id: number) {
  useNotices.setState((s) => ({ list: s.list.filter((n) => n.id !== id) }));
}

/** Says what happened; the action takes it back or leads there. */
export const notice = (text: string, action?: Notice['action'], icon: IconName = 'check') =>
  show({ text, help: '', tone: 'plain', icon, action });

/** Says what went wrong, where, and what to do. Takes a `Problem` or anything thrown. */
export function problem(error: unknown, action?: Notice['action']) {
  const of = error as { message?: unknown; help?: unknown } | null;
  const text = typeof of?.message === 'string' ? of.message : String(error);
  show({ text, help: typeof of?.help === 'string' ? of.help : '', tone: 'error', icon: 'stopped', action });
}

/** Where toasts appear; once per window. */
export function Notices() {
  const list = useNotices((s) => s.list);
  return (
    <div className="notices" role="log" aria-live="polite" aria-label="Notices">
      {list.map((n) => (
        <div key={n.id} className={`notice ${n.tone}`}>
          <Icon name={n.icon} size={14} />
          <span className="grow">
            {n.text}
            {n.help && <span className="i3"> {n.help}</span>}
          </span>
          {n.action && (
            <button
              type="button"
              className="link"
              onClick={() => {
                drop(n.id);
                n.action?.run();
              }}
            >
              {n.action.label}
            </button>
          )}
          <button type="button" className="ib sm" aria-label="Dismiss" onClick={() => drop(n.id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}
