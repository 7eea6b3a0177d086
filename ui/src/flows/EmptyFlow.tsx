// A flow with nothing in it asks what should start it.
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { edit, type NodeTypeView, useFlow, useKept } from '../api';
import { select } from '../app';
import { Icon, problem, Tile } from '../kit';
import classes from './flows.module.css';

/** How a start reads as an answer to "what should start this flow". */
const ANSWERS: Record<string, string> = {
  'trigger.manual': 'When I press Run',
  'trigger.webhook': 'When a request comes in',
};

const answerOf = (type: NodeTypeView): string => ANSWERS[type.id.split('@')[0] ?? ''] ?? type.title;

/** What fits the words that were typed: starts first, then anything else that could stand first. */
export function offers(types: readonly NodeTypeView[], typed: string): NodeTypeView[] {
  const want = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (type: NodeTypeView) => {
    const text = `${answerOf(type)} ${type.title} ${type.summary} ${type.keywords.join(' ')}`.toLowerCase();
    return want.every((word) => text.includes(word));
  };
  const starts = types.filter((type) => type.trigger && fits(type));
  return want.length === 0 ? starts : [...starts, ...types.filter((type) => !type.trigger && fits(type))].slice(0, 8);
}

/** Whether text is a part of a flow, as copying one gives it. */
export const looksLikeFlow = (text: string): boolean =>
  /^\s*(#|weft:|name:|nodes:|\{)/.test(text) && /(^|\n|")\s*"?nodes"?:/.test(text);

export function EmptyFlow({ flow }: { flow: string }) {
  const types = useKept((s) => s.types);
  const readOnly = useFlow(flow)?.read_only ?? null;
  const id = useId();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const busy = useRef(false);
  const shown = useMemo(() => offers(types, typed), [types, typed]);
  const at = Math.min(chosen, shown.length - 1);

  const add = async (type: NodeTypeView | undefined) => {
    if (!type || busy.current) return;
    busy.current = true;
    try {
      const { made } = await edit(flow, `Add ${type.title}`, [{ do: 'add_node', type: type.id, settings: {}, at: [0, 0] }]);
      select(flow, made.slice(0, 1));
    } catch (error) {
      problem(error);
    } finally {
      busy.current = false;
    }
  };
  const paste = async (text: string) => {
    try {
      await edit(flow, 'Paste', [{ do: 'paste', text, at: [0, 0] }]);
    } catch (error) {
      problem(error);
    }
  };
  const keys = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setChosen((at + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter') void add(shown[at]);
  };
  const pasted = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text/plain');
    if (!looksLikeFlow(text)) return;
    event.preventDefault();
    void paste(text);
  };
  const dropped = async (event: DragEvent) => {
    const file = event.dataTransfer.files[0];
    if (!file || !/\.(ya?ml|json)$/i.test(file.name)) return;
    event.preventDefault();
    void paste(await file.text());
  };

  if (readOnly !== null) return <div className={classes.empty}>{readOnly}</div>;
  return (
    <div className={classes.empty} onDragOver={(event) => event.preventDefault()} onDrop={(event) => void dropped(event)}>
      <input
        className={classes.ask}
        role="combobox"
        aria-label="What should start this flow"
        aria-expanded
        aria-controls={id}
        aria-activedescendant={shown.length > 0 ? `${id}-${at}` : undefined}
        placeholder="Type what should start this flow"
        value={typed}
        // biome-ignore lint/a11y/noAutofocus: an empty flow is this question.
        autoFocus
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={keys}
        onPaste={pasted}
      />
      <div className={classes.offers} role="listbox" id={id} aria-label="Starts">
        {shown.map((type, index) => (
          <button
            key={type.id}
            id={`${id}-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className={classes.offer}
            onPointerMove={() => setChosen(index)}
            onClick={() => void add(type)}
          >
            <Tile size="s" svg={type.icon} group={type.group} />
            <span className="cut">{answerOf(type)}</span>
          </button>
        ))}
        {shown.length === 0 && <p className={classes.nothing}>Nothing is called that.</p>}
      </div>
      <p className={classes.hint}>
        <Icon name="paste" size={14} /> Paste a part of another flow here, or drop its file
      </p>
    </div>
  );
}
