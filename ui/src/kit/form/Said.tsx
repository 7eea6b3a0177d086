/** A sentence of a schema: what stands in backticks is code. */

import classes from './form.module.css';

export function Said({ text }: { text: string }) {
  return text.split(/`([^`]+)`/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={index} className={classes.said}>
        {part}
      </code>
    ),
  );
}
