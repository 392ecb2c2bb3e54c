// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { MetricSeries } from '../../../api';

/** The quantity on the x axis. */
export type Axis = 'step' | 'time';

/** How to show series. */
export interface ISeriesOptions {
  axis: Axis;
  /** A logarithmic axis omits values that are not positive. */
  log: boolean;
  /** Weight of previous values: 0 is unsmoothed, and it is less than 1. */
  smoothing: number;
}

/** The metrics of a job. */
export interface IRunMetrics {
  name: string;
  series: readonly MetricSeries[];
}

/** Coordinates; y is null for values that are not finite. */
export type Series = [xs: number[], ys: (number | null)[]];

/** Separate metrics with several values from those with a scalars one, by name. */
export function sortKeys(runs: readonly IRunMetrics[]): { series: string[]; scalars: string[] } {
  const totals = new Map<string, number>();
  for (const { series } of runs) {
    for (const { key, total } of series) totals.set(key, Math.max(total, totals.get(key) ?? 0));
  }
  const keys = [...totals.keys()].sort((left, right) => left.localeCompare(right, undefined, { numeric: true }));
  const hasSeries = (key: string): boolean => (totals.get(key) ?? 0) > 1;
  return { series: keys.filter(hasSeries), scalars: keys.filter(key => !hasSeries(key)) };
}

/** Return the time of a job's first value in milliseconds. Times are relative to it, so that jobs can be compared. */
export function startOf({ series }: IRunMetrics): number {
  // points are ordered by step, and the clock may have been set back
  return series.reduce(
    (first, { points }) => points.reduce((least, [, time]) => Math.min(least, time), first),
    Infinity
  );
}

/** Return a metric of a job as coordinates; empty if the job does not have it. */
export function seriesOf(run: IRunMetrics, key: string, options: ISeriesOptions): Series {
  const byStep = run.series.find(series => series.key === key)?.points ?? [];
  const points = options.axis === 'step' ? byStep : [...byStep].sort(([, left], [, right]) => left - right);
  const start = options.axis === 'time' ? startOf(run) : 0;
  const xs = points.map(([step, time]) => (options.axis === 'step' ? step : (time - start) / 1000));
  const ys = points.map(([, , value]) => (value !== null && options.log && value <= 0 ? null : value));
  return [xs, smooth(ys, options.smoothing)];
}

/** Return the last value of a metric, or null. */
export function lastValue({ series }: IRunMetrics, key: string): number | null {
  return series.find(each => each.key === key)?.points.at(-1)?.[2] ?? null;
}

/**
 * Return the exponential moving average.
 *
 * It is normalized by the sum of the weights, so that it does not start near zero. Gaps stay gaps.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let sum = 0;
  let weights = 0;
  return values.map(value => {
    if (value === null) return null;
    sum = sum * weight + value * (1 - weight);
    weights = weights * weight + (1 - weight);
    return sum / weights;
  });
}
