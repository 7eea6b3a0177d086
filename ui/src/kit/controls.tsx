// Small controls that every screen uses.
import { Tooltip } from '@mantine/core';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { type Dye, dyeOf } from './dye';
import { Icon, type IconName, TypeIcon } from './icons';
import { keyWords } from './keys';

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children'> {
  icon: IconName;
  /** What it does, in words: name for screen readers and tooltip. */
  label: string;
  size?: number;
  box?: number;
  on?: boolean;
  keys?: string;
  ref?: Ref<HTMLButtonElement>;
}

/** A button that is an icon; its words are its name and its tooltip. */
export function IconButton({ icon, label, size = 16, box, on, keys, className, ref, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={<TipWords label={label} keys={keys} />} className="tip">
      <button
        ref={ref}
        type="button"
        aria-label={label}
        aria-pressed={on}
        className={`ib${on ? ' on' : ''}${className ? ` ${className}` : ''}`}
        style={box ? { width: box, height: box } : undefined}
        {...rest}
      >
        <Icon name={icon} size={size} />
      </button>
    </Tooltip>
  );
}

function TipWords({ label, keys }: { label: string; keys: string | undefined }) {
  if (!keys) return label;
  return (
    <span className="row g6">
      {label} <Kbd keys={keys} />
    </span>
  );
}

/** Keys as they are shown: `mod+enter` reads "Ctrl" "↵". */
export function Kbd({ keys, joined }: { keys: string; joined?: boolean }) {
  if (joined) return <kbd>{keyWords(keys).join(' ')}</kbd>;
  return (
    <>
      {keyWords(keys).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </>
  );
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon?: IconName;
  look?: 'std' | 'pri' | 'soft' | 'plain' | 'danger';
  small?: boolean;
  children?: ReactNode;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with words. One `pri` per window. */
export function Button({ icon, look = 'std', small, className, children, ref, ...rest }: ButtonProps) {
  const looks = `btn ${look === 'danger' ? 'std errc' : look}${small ? ' sm' : ''}${className ? ` ${className}` : ''}`;
  return (
    <button ref={ref} type="button" className={looks} {...rest}>
      {icon && <Icon name={icon} size={small ? 12 : 14} />}
      {children}
    </button>
  );
}

/** The tile of a node type: its icon on its tint. */
export function Tile({
  svg,
  icon,
  group,
  dye,
  size = 'm',
}: {
  svg?: string;
  icon?: IconName;
  group?: string;
  dye?: Dye;
  size?: 's' | 'm' | 'l';
}) {
  const px = size === 's' ? 14 : size === 'm' ? 16 : 20;
  return (
    <span className={`tile ${dye ?? dyeOf(group)}${size === 'm' ? '' : ` ${size}`}`}>
      {icon ? <Icon name={icon} size={px} /> : <TypeIcon svg={svg} size={px} />}
    </span>
  );
}

export type Tone = 'plain' | 'ok' | 'err' | 'live' | 'warn' | 'line';

/** A chip: a state or a kind in a word. */
export function Chip({ tone = 'plain', icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span className={`chip${tone === 'plain' ? '' : ` ${tone}`}`}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}

interface SegmentProps<T extends string> {
  value: T;
  options: { value: T; label: ReactNode; icon?: IconName; title?: string }[];
  onChange(value: T): void;
  label: string;
  small?: boolean;
}

/** One of a few, all seen at once. */
export function Segment<T extends string>({ value, options, onChange, label, small }: SegmentProps<T>) {
  return (
    <div className={`seg${small ? ' xs' : ''}`} role="radiogroup" aria-label={label}>
      {options.map((o) => (
        <button
          key={o.value}
          type="button"
          role="radio"
          aria-checked={o.value === value}
          title={o.title}
          className={o.value === value ? 'on' : undefined}
          onClick={() => onChange(o.value)}
        >
          {o.icon && <Icon name={o.icon} size={14} />}
          {o.label}
        </button>
      ))}
    </div>
  );
}
