/** The editor of last resort: any JSON, kept key by key, written only once it parses. */

import { useState } from 'react';
import { CodeEditor } from '../code';
import { useDraft } from './draft';
import classes from './form.module.css';
import { equal, type Json, parseJson } from './json';

type Props = {
  id: string;
  label: string;
  describedBy?: string | undefined;
  value: Json | undefined;
  change: (value: Json | undefined, typing?: boolean) => void;
  disabled: boolean;
};

const write = (value: Json | undefined) => (value === undefined ? '' : JSON.stringify(value, null, 2));

export function JsonControl({ id, label, describedBy, value, change, disabled }: Props) {
  const [problem, setProblem] = useState<string | null>(null);
  const kept = write(value);
  const draft = useDraft(kept, (text, typing) => {
    if (text.trim() === '') {
      setProblem(null);
      return change(undefined, typing);
    }
    const parsed = parseJson(text);
    if ('error' in parsed) return setProblem(parsed.error);
    setProblem(null);
    if (!equal(parsed.value, value)) change(parsed.value, typing);
  });
  return (
    <>
      <div className={classes.box} id={id} data-wrong={problem !== null}>
        <div className={classes.codebox} data-tall={kept.includes('\n')}>
          <CodeEditor
            value={draft.value}
            language="json"
            label={`${label}, JSON`}
            {...(describedBy && { describedBy })}
            readOnly={disabled}
            placeholder="Not set"
            onChange={draft.set}
            onBlur={draft.flush}
          />
        </div>
      </div>
      {problem && (
        <div className={classes.note} data-severity="error" role="status">
          {problem}
        </div>
      )}
    </>
  );
}
