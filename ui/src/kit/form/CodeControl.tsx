/** A field that holds code: coloured, growing with its text. */

import { CodeEditor } from '../code';
import type { ControlProps } from './Control';
import { useDraft } from './draft';
import classes from './form.module.css';
import { placeholderOf } from './simple';

export function CodeControl(props: ControlProps & { language: string }) {
  const { id, label, value, required, describedBy, wrong, disabled, language, change } = props;
  const kept = typeof value === 'string' ? value : '';
  const draft = useDraft(kept, (next, typing) => change([], next === '' && !required ? undefined : next, typing));
  return (
    <div className={classes.box} id={id} data-wrong={wrong}>
      <div className={classes.codebox} data-roomy="true">
        <CodeEditor
          value={draft.value}
          language={language}
          label={label}
          {...(describedBy && { describedBy })}
          readOnly={disabled}
          placeholder={placeholderOf(props)}
          onChange={draft.set}
          onBlur={draft.flush}
        />
      </div>
    </div>
  );
}
