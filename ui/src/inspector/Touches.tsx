// The line that says what a node touches outside the flow, and asks where that is not allowed yet.
import type { Flow } from '../api';
import { Button, Icon } from '../kit';
import { grant } from './grant';
import classes from './inspector.module.css';
import { needsWords } from './words';

export function Touches({ flow, node, effect }: { flow: Flow; node: string; effect: string | undefined }) {
  const own = flow.permissions.filter((permission) => permission.node === node);
  const missing = own.filter((permission) => !permission.granted);
  if (own.length === 0) {
    // What an expression names is known only once it ran.
    const unknown = effect !== undefined && effect !== 'pure';
    return (
      <div className={classes.touches}>
        <span className={unknown ? 'i3' : 'okc'} style={{ flex: 'none' }}>
          <Icon name="shield" size={16} />
        </span>
        <span>{unknown ? 'What it touches shows when it runs' : 'Touches nothing outside this flow'}</span>
      </div>
    );
  }
  const shown = missing.length > 0 ? missing : own;
  return (
    <div className={classes.touches}>
      <span className={missing.length > 0 ? 'warnc' : 'i2'} style={{ flex: 'none' }}>
        <Icon name={missing.length > 0 ? 'shieldAlert' : 'shield'} size={16} />
      </span>
      <span>
        {needsWords(shown.map((permission) => permission.need))}
        {missing.length > 0 && ', not allowed yet'}
      </span>
      {missing.length > 0 && (
        <Button
          small
          onClick={() =>
            void grant(
              flow.id,
              missing.map((permission) => permission.need),
            )
          }
        >
          Allow
        </Button>
      )}
    </div>
  );
}
