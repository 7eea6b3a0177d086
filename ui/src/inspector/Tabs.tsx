// A row of tabs: arrows move between them, one of them is in the tab order.
import { useId } from 'react';
import classes from './inspector.module.css';

interface Props<T extends string> {
  label: string;
  value: T;
  tabs: { value: T; label: string; dot?: boolean }[];
  onChange(value: T): void;
  children: React.ReactNode;
}

export function Tabs<T extends string>({ label, value, tabs, onChange, children }: Props<T>) {
  const id = useId();
  return (
    <>
      <div className={classes.tabs} role="tablist" aria-label={label}>
        {tabs.map((tab, index) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            id={`${id}-${tab.value}`}
            aria-selected={tab.value === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.value === value ? 0 : -1}
            onClick={() => onChange(tab.value)}
            onKeyDown={(event) => {
              const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              const next = tabs[(index + step + tabs.length) % tabs.length];
              if (step === 0 || next === undefined) return;
              event.preventDefault();
              onChange(next.value);
              document.getElementById(`${id}-${next.value}`)?.focus();
            }}
          >
            {tab.label}
            {tab.dot && <i className={classes.tabdot} role="img" aria-label="has findings" />}
          </button>
        ))}
      </div>
      <div className={classes.body} role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`}>
        {children}
      </div>
    </>
  );
}
