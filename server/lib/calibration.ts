/** A stated probability and what came of it. */
export interface Forecast {
  stated: number;
  isRight: boolean;
}

export interface CalibrationBin {
  from: number;
  count: number;
  /** Means over the bin: what was stated, and the share that came true. */
  stated: number;
  right: number;
}

/** Forecasts by tenths of what was stated, lowest first; empty tenths are left out. */
export function reliability(forecasts: readonly Forecast[]): CalibrationBin[] {
  return Array.from({ length: 10 }, (_, tenth) => {
    const bin = forecasts.filter(({ stated }) => Math.min(9, Math.floor(stated * 10)) === tenth);
    return {
      from: tenth / 10,
      count: bin.length,
      stated: bin.reduce((sum, { stated }) => sum + stated, 0) / bin.length,
      right: bin.filter(({ isRight }) => isRight).length / bin.length,
    };
  }).filter(({ count }) => count > 0);
}

/** Expected calibration error: how far what is stated lies from what comes true, over tenths, by their share. 0 is best. */
export function calibrationError(forecasts: readonly Forecast[]): number {
  return reliability(forecasts).reduce(
    (sum, { count, stated, right }) => sum + (count / forecasts.length) * Math.abs(stated - right),
    0,
  );
}

/**
 * Area under the ROC curve: how likely a right forecast was stated higher than a wrong one, ties counting half. NaN when
 * all are right or all wrong.
 */
export function rankingArea(forecasts: readonly Forecast[]): number {
  const sorted = [...forecasts].sort((a, b) => a.stated - b.stated);
  let sum = 0;
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (end < sorted.length && sorted[end]?.stated === sorted[at]?.stated) end += 1;
    const rank = (at + 1 + end) / 2;
    for (; at < end; at += 1) if (sorted[at]?.isRight) sum += rank;
  }
  const right = sorted.filter(({ isRight }) => isRight).length;
  return (sum - (right * (right + 1)) / 2) / (right * (sorted.length - right));
}

/**
 * Fits a logistic function with weights of at least 0 to rows of features, by Newton's method with a small pull towards
 * 0 (`ridge`) on features as they are; a weight that would be negative is left out and the rest fitted again.
 */
export function fitLogistic(
  rows: readonly { features: readonly number[]; isRight: boolean }[],
  { ridge = 0.1, steps = 50 } = {},
): { base: number; weights: number[] } {
  const width = rows[0]?.features.length ?? 0;
  let used = Array.from({ length: width }, (_, at) => at);
  for (;;) {
    const [base = 0, ...fitted] = newton(
      rows.map(({ features }) => [1, ...used.map((at) => features[at] ?? 0)]),
      rows.map(({ isRight }) => (isRight ? 1 : 0)),
      { ridge, steps },
    );
    const negative = used.filter((_, place) => (fitted[place] ?? 0) < 0);
    if (negative.length === 0) {
      const weights = new Array<number>(width).fill(0);
      used.forEach((at, place) => (weights[at] = fitted[place] ?? 0));
      return { base, weights };
    }
    used = used.filter((at) => !negative.includes(at));
  }
}

function newton(x: number[][], y: number[], { ridge, steps }: { ridge: number; steps: number }): number[] {
  const width = x[0]?.length ?? 1;
  let w = new Array<number>(width).fill(0);
  for (let step = 0; step < steps; step++) {
    const gradient = w.map((weight, at) => (at === 0 ? 0 : -ridge * weight));
    const hessian = w.map((_, at) => w.map((__, to) => (at === to ? (at === 0 ? 1e-9 : ridge) : 0)));
    x.forEach((row, at) => {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, i) => sum + value * (w[i] ?? 0), 0)));
      row.forEach((value, i) => {
        gradient[i] = (gradient[i] ?? 0) + value * ((y[at] ?? 0) - p);
        const line = hessian[i] ?? [];
        row.forEach((other, j) => (line[j] = (line[j] ?? 0) + value * other * p * (1 - p)));
      });
    });
    const move = solve(hessian, gradient);
    w = w.map((weight, at) => weight + (move[at] ?? 0));
    if (Math.hypot(...move) < 1e-9) break;
  }
  return w;
}

/** Solves a small system of linear equations, by elimination with pivots. */
function solve(matrix: number[][], right: number[]): number[] {
  const a = matrix.map((row, at) => [...row, right[at] ?? 0]);
  const n = a.length;
  const get = (row: number, column: number) => a[row]?.[column] ?? 0;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column; row < n; row++)
      if (Math.abs(get(row, column)) > Math.abs(get(pivot, column))) pivot = row;
    [a[column], a[pivot]] = [a[pivot] as number[], a[column] as number[]];
    for (let row = 0; row < n; row++) {
      if (row === column || get(column, column) === 0) continue;
      const factor = get(row, column) / get(column, column);
      a[row] = (a[row] ?? []).map((value, at) => value - factor * get(column, at));
    }
  }
  return a.map((row, at) => (get(at, at) === 0 ? 0 : (row[n] ?? 0) / get(at, at)));
}
