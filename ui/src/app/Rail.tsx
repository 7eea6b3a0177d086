// The rail: places and the two ways to find something.

import { Tooltip } from '@mantine/core';
import { Icon, type IconName, Kbd } from '../kit';
import { doCommand } from './commands';
import { showFlows, useScreen } from './screen';

export function Rail() {
  const place = useScreen((s) => s.place);
  const palette = useScreen((s) => s.palette);
  const side = useScreen((s) => s.place === 'flow' && s.sideOpen);
  return (
    <nav className="rail" aria-label="Places" data-region="rail">
      <Stop
        icon="flows"
        label="Flows"
        on={place === 'flows' || side}
        run={() => (place === 'flows' ? showFlows() : useScreen.setState({ sideOpen: !side }))}
      />
      {place === 'flow' && <Stop icon="plus" label="Add a node" keys="n" run={() => doCommand('canvas.add')} />}
      <Stop icon="search" label="Search" keys="mod+k" on={palette} run={() => useScreen.setState({ palette: true })} />
    </nav>
  );
}

function Stop({ icon, label, keys, on, run }: { icon: IconName; label: string; keys?: string; on?: boolean; run(): void }) {
  const tip = keys ? (
    <span className="row g6">
      {label} <Kbd keys={keys} />
    </span>
  ) : (
    label
  );
  return (
    <Tooltip label={tip} position="right">
      <button
        type="button"
        className={on ? 'on' : undefined}
        aria-label={label}
        aria-current={on ? 'page' : undefined}
        onClick={run}
      >
        <Icon name={icon} size={18} />
      </button>
    </Tooltip>
  );
}
