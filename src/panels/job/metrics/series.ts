// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { MetricSeries } from '../../../api';

/** What is along the x axis. */
export type Axis = 'step' | 'time';

/** How courses are shown. */
export interface ICourseOptions {
  axis: Axis;
  /** Values that are not above zero have no place on a logarithmic scale. */
  log: boolean;
  /** From 0, as it is, to below 1, hardly any of it left. */
  smoothing: number;
}

/** What one job measured. */
export interface IRunMetrics {
  name: string;
  series: readonly MetricSeries[];
}

/** Where, and what; null where there was no number. */
export type Course = [xs: number[], ys: (number | null)[]];

/** The metrics of which there is a course, and those that were measured just once, by name. */
export function sortKeys(runs: readonly IRunMetrics[]): { courses: string[]; single: string[] } {
  const totals = new Map<string, number>();
  for (const { series } of runs) {
    for (const { key, total } of series) totals.set(key, Math.max(total, totals.get(key) ?? 0));
  }
  const keys = [...totals.keys()].sort((left, right) => left.localeCompare(right, undefined, { numeric: true }));
  const isCourse = (key: string): boolean => (totals.get(key) ?? 0) > 1;
  return { courses: keys.filter(isCourse), single: keys.filter(key => !isCourse(key)) };
}

/** When a job measured for the first time, in milliseconds: times are told from there, so that jobs lie upon each other. */
export function startOf({ series }: IRunMetrics): number {
  // points are in the order of their steps, and a clock may have been set back in between
  return series.reduce(
    (first, { points }) => points.reduce((least, [, time]) => Math.min(least, time), first),
    Infinity
  );
}

/** A metric's course in one job; empty where the job did not measure it. */
export function courseOf(run: IRunMetrics, key: string, options: ICourseOptions): Course {
  const byStep = run.series.find(series => series.key === key)?.points ?? [];
  const points = options.axis === 'step' ? byStep : [...byStep].sort(([, left], [, right]) => left - right);
  const start = options.axis === 'time' ? startOf(run) : 0;
  const xs = points.map(([step, time]) => (options.axis === 'step' ? step : (time - start) / 1000));
  const ys = points.map(([, , value]) => (value !== null && options.log && value <= 0 ? null : value));
  return [xs, smooth(ys, options.smoothing)];
}

/** The last value of a metric; null where there is none. */
export function lastValue({ series }: IRunMetrics, key: string): number | null {
  return series.find(each => each.key === key)?.points.at(-1)?.[2] ?? null;
}

/**
 * Moving average with weights that fall off exponentially.
 *
 * Divided by the sum of the weights, so that it does not begin near zero; gaps stay gaps.
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
