// The small drawing of a flow: every node where it stands, in its dye.
import { memo } from 'react';
import type { FlowSummary } from '../api';
import { dyeOf } from '../kit';
import classes from './flows.module.css';

const WIDE = 92;
const HIGH = 52;
const EDGE = 9;

/** Middles of nodes fitted into the picture, never drawn larger than a tenth. */
export function fitted(drawing: FlowSummary['drawing'], wide = WIDE, high = HIGH): { x: number; y: number; group: string }[] {
  if (drawing.length === 0) return [];
  const middles = drawing.map(([x, y, group]): [number, number, string] =>
    group === 'trigger' ? [x + 22, y + 22, group] : [x + 86, y + 30, group],
  );
  const xs = middles.map(([x]) => x);
  const ys = middles.map(([, y]) => y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const across = Math.max(...xs) - left;
  const down = Math.max(...ys) - top;
  const scale = Math.min(0.1, (wide - 2 * EDGE - 4) / Math.max(1, across), (high - 2 * EDGE) / Math.max(1, down));
  const x0 = (wide - across * scale) / 2;
  const y0 = (high - down * scale) / 2;
  return middles.map(([x, y, group]) => ({ x: x0 + (x - left) * scale, y: y0 + (y - top) * scale, group }));
}

export const Drawing = memo(function Drawing({ drawing }: { drawing: FlowSummary['drawing'] }) {
  const nodes = fitted(drawing.slice(0, 200));
  const small = drawing.length > 24;
  const w = small ? 5 : 9.4;
  const h = small ? 4.4 : 8.4;
  return (
    <svg className={classes.drawing} width={WIDE} height={HIGH} viewBox={`0 0 ${WIDE} ${HIGH}`} aria-hidden>
      {nodes.map((node, index) =>
        node.group === 'trigger' ? (
          <circle key={index} className={dyeOf(node.group)} cx={node.x} cy={node.y} r={small ? 2.8 : 5.2} />
        ) : (
          <rect
            key={index}
            className={dyeOf(node.group)}
            x={node.x - w / 2}
            y={node.y - h / 2}
            width={w}
            height={h}
            rx={small ? 1.5 : 2.5}
          />
        ),
      )}
    </svg>
  );
});
