// Even numbers on the axes of a chart: two scales share their grid lines, months name their years.

export interface Scale {
  min: number;
  max: number;
  step: number;
}

const NICE = [1, 2, 2.5, 5, 10];

/** The smallest even step that is not smaller. */
function niceStep(rough: number): number {
  if (!(rough > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = NICE.find((nice) => nice * power >= rough * 0.999999) ?? 10;
  return factor * power;
}

/** The range of some values, with zero in it: bars stand on zero. */
function rangeOf(values: readonly (number | null)[]): [number, number] {
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low === 0 && high === 0 ? [0, 1] : [low, high];
}

/** Scales for the left and the right axis with the same number of steps above and below zero. */
export function sharedScales(left: readonly (number | null)[], right: readonly (number | null)[], steps = 3): [Scale, Scale] {
  const ranges = [rangeOf(left), rangeOf(right)] as const;
  const wants = ranges.map(([low, high]) => {
    const step = niceStep((high - low) / steps);
    return { step, above: Math.ceil(high / step - 1e-9), below: Math.ceil(-low / step - 1e-9) };
  });
  const above = Math.max(...wants.map((want) => want.above));
  const below = Math.max(...wants.map((want) => want.below));
  return wants.map(({ step }) => ({ min: below === 0 ? 0 : -below * step, max: above * step, step })) as [Scale, Scale];
}

/** The places of a scale's numbers. */
export function splitsOf({ min, max, step }: Scale): number[] {
  const count = Math.round((max - min) / step);
  return Array.from({ length: count + 1 }, (_, i) => Number((min + i * step).toPrecision(12)));
}

const DATE = /^(\d{4})-(\d{2})(-\d{2})?/;

/** Which positions get a label, and what it says: years of a row of dates, else as many values as fit. */
export function labelsOf(values: readonly string[], fit: number): { at: number; text: string }[] {
  const years = values.map((value) => DATE.exec(value)?.[1]);
  if (values.length > fit && years.every((year) => year !== undefined)) {
    const changes = years.flatMap((year, at) => (year !== undefined && year !== years[at - 1] ? [{ at, text: year }] : []));
    if (changes.length > 1 && changes.length <= fit) return changes;
  }
  const every = Math.max(1, Math.ceil(values.length / Math.max(1, fit)));
  return values.flatMap((text, at) =>
    at % every === 0 ? [{ at, text: text.length > 14 ? `${text.slice(0, 13)}…` : text }] : [],
  );
}
