// A chart of bars and lines over one row of values; series are named above it.
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Dye, useScheme } from '../kit';
import classes from './runs.module.css';
import { labelsOf, sharedScales, splitsOf } from './scales';

export interface PlotSeries {
  name: string;
  as: 'bars' | 'line';
  axis: 'left' | 'right';
  values: readonly (number | null)[];
}

export const SERIES_DYES: readonly Dye[] = ['woad', 'madder', 'weld', 'greenweed', 'orchil', 'iron', 'verdigris', 'walnut'];
const dyeAt = (index: number): Dye => SERIES_DYES[index % SERIES_DYES.length] ?? 'linen';

interface Props {
  x: readonly string[];
  series: readonly PlotSeries[];
  /** The position that is lit. */
  lit?: number | null | undefined;
  label: string;
  onPick?: ((index: number) => void) | undefined;
}

export function Legend({ series }: { series: readonly PlotSeries[] }) {
  return (
    <div className={classes.legend}>
      {series.map((one, index) => (
        <span key={`${one.name} ${index}`} className={dyeAt(index)}>
          <i data-as={one.as} />
          {one.name}
        </span>
      ))}
    </div>
  );
}

export function Plot({ x, series, lit = null, label, onPick }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const scheme = useScheme((s) => s.scheme);
  const [over, setOver] = useState<{ at: number; left: number; top: number } | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const litAt = useRef(lit);
  litAt.current = lit;
  const size = useSize(host);
  const data = useMemo(
    () => [x.map((_, i) => i), ...series.map((one) => one.values)] as unknown as uPlot.AlignedData,
    [x, series],
  );

  useEffect(() => {
    const element = host.current;
    if (!element || size === null || scheme === null) return;
    const made = new uPlot(
      optionsFor(element, size, x, series, litAt, (at, left, top) => setOver(at === null ? null : { at, left, top })),
      data,
      element,
    );
    plot.current = made;
    const click = () => made.cursor.idx !== null && made.cursor.idx !== undefined && pick.current?.(made.cursor.idx);
    made.over.addEventListener('click', click);
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [data, x, series, size, scheme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another lit value is only drawn anew.
  useEffect(() => plot.current?.redraw(false), [lit]);

  return (
    <div className={classes.plot} role="img" aria-label={label}>
      <div ref={host} style={{ position: 'absolute', inset: 0 }} />
      {over && (
        <div className={classes.tip} style={{ left: over.left, top: over.top }}>
          <b>{x[over.at]}</b>
          {series.map((one, index) => (
            <div key={`${one.name} ${index}`}>
              {one.name} {one.values[over.at] ?? '·'}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** The size of an element, in whole pixels. */
function useSize(ref: React.RefObject<HTMLDivElement | null>): string | null {
  const [size, setSize] = useState<string | null>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const look = () => {
      // The canvas of the flow is scaled: what counts is the size before that.
      const { clientWidth, clientHeight } = element;
      setSize(clientWidth > 40 && clientHeight > 40 ? `${clientWidth} ${clientHeight}` : null);
    };
    look();
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => watch.disconnect();
  }, [ref]);
  return size;
}

type Hover = (at: number | null, left: number, top: number) => void;

function optionsFor(
  element: HTMLElement,
  size: string,
  x: readonly string[],
  series: readonly PlotSeries[],
  lit: { current: number | null },
  hover: Hover,
): uPlot.Options {
  const [width = 0, height = 0] = size.split(' ').map(Number);
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const onSide = (side: 'left' | 'right') => series.filter((one) => one.axis === side).flatMap((one) => one.values);
  const steps = height < 180 ? 2 : 3;
  const [left, right] = sharedScales(onSide('left'), onSide('right'), steps);
  const hasRight = series.some((one) => one.axis === 'right');
  const font = `500 11px ${style.getPropertyValue('--font-ui')}`;
  const labels = labelsOf(x, Math.max(2, Math.floor(width / 72)));
  const number = (n: number) => (Math.abs(n) >= 1e6 ? n.toExponential(0) : n.toLocaleString('en-US'));
  const axis = { stroke: colour('ink-3'), font, ticks: { show: false }, gap: 6 } as const;
  const yAxis = (scale: 'left' | 'right', of: typeof left): uPlot.Axis => ({
    ...axis,
    scale,
    side: scale === 'left' ? 3 : 1,
    size: 16 + 6.5 * Math.max(...splitsOf(of).map((n) => number(n).length)),
    splits: () => splitsOf(of),
    values: (_u, splits) => splits.map(number),
    grid: { show: scale === 'left', stroke: colour('chart-grid'), width: 1 },
  });
  return {
    width,
    height,
    padding: [8, hasRight ? 0 : 8, 0, 0],
    legend: { show: false },
    cursor: { points: { show: false }, drag: { x: false, y: false }, y: false, x: false },
    scales: {
      x: { time: false, range: () => [-0.6, x.length - 0.4] },
      left: { range: () => [left.min, left.max] },
      right: { range: () => [right.min, right.max] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        splits: () => labels.map((one) => one.at),
        values: () => labels.map((one) => one.text),
        grid: { show: false },
        ticks: { show: true, stroke: colour('chart-grid'), size: 4, width: 1 },
      },
      yAxis('left', left),
      ...(hasRight ? [yAxis('right', right)] : []),
    ],
    series: [
      {},
      ...series.map(
        (one, index): uPlot.Series => ({
          scale: one.axis,
          stroke: colour(`${dyeAt(index)}-thread`),
          width: one.as === 'line' ? 1.75 : 0,
          points: { show: one.as === 'line' && x.length < 2 },
          // Bars are painted below, so that several stand side by side and one can be lit.
          ...(one.as === 'bars' && { paths: () => null }),
        }),
      ),
    ],
    hooks: {
      drawAxes: [(u) => paintBars(u, series, lit.current, colour)],
      setCursor: [
        (u) => {
          const { idx, left: cursorLeft = -1, top = 0 } = u.cursor;
          const inside = idx !== null && idx !== undefined && cursorLeft >= 0;
          const offset = u.over.offsetLeft + cursorLeft;
          hover(inside ? idx : null, offset > width - 150 ? offset - 130 : offset + 12, Math.max(0, u.over.offsetTop + top - 24));
        },
      ],
    },
  };
}

function paintBars(u: uPlot, series: readonly PlotSeries[], lit: number | null, colour: (name: string) => string) {
  const bars = series.flatMap((one, index) => (one.as === 'bars' ? [{ ...one, index }] : []));
  if (bars.length === 0) return;
  const { ctx } = u;
  const step = Math.abs(u.valToPos(1, 'x', true) - u.valToPos(0, 'x', true));
  const wide = Math.max(1, Math.min(step * 0.72, 36 * devicePixelRatio)) / bars.length;
  ctx.save();
  for (const [place, bar] of bars.entries()) {
    ctx.fillStyle = colour(`${dyeAt(bar.index)}-thread`);
    const zero = u.valToPos(0, bar.axis, true);
    bar.values.forEach((value, at) => {
      if (value === null || value === 0) return;
      const x = u.valToPos(at, 'x', true) - (wide * bars.length) / 2 + wide * place;
      const y = u.valToPos(value, bar.axis, true);
      ctx.globalAlpha = lit === null || lit === at ? 1 : 0.5;
      const radius = Math.min(1.5 * devicePixelRatio, wide / 2);
      ctx.beginPath();
      ctx.roundRect(
        x,
        Math.min(y, zero),
        wide,
        Math.max(1, Math.abs(zero - y)),
        value > 0 ? [radius, radius, 0, 0] : [0, 0, radius, radius],
      );
      ctx.fill();
    });
  }
  ctx.restore();
}
