/** The expression editor: code above, and below what it gives on one item of the last run. */

import { Modal } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { CodeEditor } from '../code';
import { Icon } from '../icons';
import { count } from '../words';
import { completeFrom } from './complete';
import { type Note, type Tried, useForm } from './context';
import { useDraft } from './draft';
import classes from './form.module.css';
import { looksLikeExpression } from './literal';
import { Preview } from './preview';

type Props = {
  id: string;
  label: string;
  describedBy: string | undefined;
  text: string;
  /** What the flow's check found, with the characters it means. */
  note: Note | undefined;
  disabled: boolean;
  /** Just turned from a fixed value: the caret goes in. */
  fresh: boolean;
  change: (text: string, typing: boolean) => void;
  leave: () => void;
};

const PAUSE = 250;

export function ExpressionControl({ id, label, describedBy, text, note, disabled, fresh, change, leave }: Props) {
  const { services } = useForm();
  const draft = useDraft(text, change);
  const [item, setItem] = useState(0);
  const [large, setLarge] = useState(false);
  const tried = useTried(draft.value, item);
  const complete = useMemo(() => services.tryExpression && completeFrom(services.tryExpression, () => item), [services, item]);

  const incomplete = !looksLikeExpression(draft.value);
  const problem = incomplete ? undefined : tried?.problem;
  const span = problem ? tried?.span : draft.value === text ? note?.span : undefined;
  const wrong = problem !== undefined;
  const editor = (tall: boolean) => (
    <CodeEditor
      value={draft.value}
      language={draft.value.startsWith('js/') || draft.value === '' ? 'expression' : 'template'}
      label={`${label}, expression`}
      {...(describedBy && { describedBy })}
      readOnly={disabled}
      placeholder="js/item.name, or text with ${item.name}"
      wrong={span ?? null}
      autoFocus={fresh || tall}
      {...(complete && { complete })}
      onChange={draft.set}
      onBlur={() => {
        draft.flush();
        if (!tall && !large) leave();
      }}
    />
  );
  const bar = (
    <ResultBar
      tried={tried}
      incomplete={incomplete}
      item={item}
      setItem={setItem}
      canTry={services.tryExpression !== undefined}
    />
  );

  return (
    <div
      className={classes.box}
      id={id}
      data-wrong={wrong}
      onKeyDown={(event) => {
        if (event.key !== 'F2') return;
        event.preventDefault();
        event.stopPropagation();
        setLarge(true);
      }}
    >
      <div className={classes.codebox}>{editor(false)}</div>
      {bar}
      {large && (
        <Modal opened onClose={() => setLarge(false)} title={label} size={720} centered>
          <div className={classes.box} data-wrong={wrong}>
            <div style={{ height: 320, overflow: 'auto' }}>{editor(true)}</div>
            {bar}
          </div>
        </Modal>
      )}
    </div>
  );
}

/** Text that plainly goes on: nobody needs to be told so. */
const unfinished = (text: string) => text === 'js/' || (text.startsWith('js/') && /[.,([{+\-*/%&|=<>!?:]\s*$/.test(text));

/** The last answer stays until the next one comes. */
function useTried(text: string, item: number): Tried | undefined {
  const { services } = useForm();
  const [tried, setTried] = useState<Tried>();
  const asked = useRef(0);
  useEffect(() => {
    const attempt = services.tryExpression;
    if (!attempt || !looksLikeExpression(text) || unfinished(text)) {
      setTried(undefined);
      return;
    }
    const number = ++asked.current;
    const timer = setTimeout(() => {
      attempt(text, item).then(
        (answer) => number === asked.current && setTried(answer),
        (error: { message?: string; help?: string }) =>
          number === asked.current &&
          setTried({ kind: 'undefined', items: 0, problem: { message: error.message ?? String(error), help: error.help ?? '' } }),
      );
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [text, item, services]);
  return tried;
}

type BarProps = { tried: Tried | undefined; incomplete: boolean; item: number; setItem: (item: number) => void; canTry: boolean };

function ResultBar({ tried, incomplete, item, setItem, canTry }: BarProps) {
  if (incomplete) {
    return (
      <div className={classes.result}>
        <span className={classes.kind}>{'Begin with js/ for JavaScript, or put ${ } into the text.'}</span>
      </div>
    );
  }
  if (!canTry) return null;
  const total = tried?.items ?? 0;
  const problem = tried?.problem;
  return (
    <div className={classes.result} data-wrong={problem !== undefined} aria-live="polite">
      {problem ? (
        <>
          <Icon name="stopped" size={14} />
          <span>
            {problem.message} {problem.help && <span className={classes.pale}>{problem.help}</span>}
          </span>
        </>
      ) : (
        <>
          <span className={classes.pale}>=</span>
          {tried === undefined ? (
            <span className={classes.pale}>not there yet</span>
          ) : tried.kind === 'undefined' ? (
            <span className={classes.pale}>nothing</span>
          ) : (
            <Preview value={tried.value} limit={60} />
          )}
          {tried && tried.kind !== 'undefined' && <span className={classes.kind}>{tried.kind}</span>}
        </>
      )}
      <span className={classes.space} />
      {total > 0 && (
        <>
          <span className={classes.place}>
            {count(Math.min(item + 1, total))} of {count(total)}
          </span>
          <span className={classes.steps}>
            <button
              type="button"
              className={classes.step}
              aria-label="Item before"
              disabled={item <= 0}
              onClick={() => setItem(Math.max(0, item - 1))}
            >
              <Icon name="left" size={14} />
            </button>
            <button
              type="button"
              className={classes.step}
              aria-label="Next item"
              disabled={item >= total - 1}
              onClick={() => setItem(item + 1)}
            >
              <Icon name="right" size={14} />
            </button>
          </span>
        </>
      )}
    </div>
  );
}
