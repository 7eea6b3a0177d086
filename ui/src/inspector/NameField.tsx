// A name that is edited where it stands: Enter or leaving keeps it, Esc brings the old one back.
import { useState } from 'react';
import classes from './inspector.module.css';

interface Props {
  name: string;
  label: string;
  readOnly: boolean;
  onRename(name: string): void;
}

export function NameField({ name, label, readOnly, onRename }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <input
      className={classes.name}
      aria-label={label}
      value={draft ?? name}
      readOnly={readOnly}
      spellCheck={false}
      data-inspector-name
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => {
        const next = draft?.trim();
        if (next && next !== name) onRename(next);
        setDraft(null);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation();
          setDraft(null);
          requestAnimationFrame(() => (event.target as HTMLInputElement).blur());
        }
      }}
    />
  );
}
