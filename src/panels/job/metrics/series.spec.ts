// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import type { MetricSeries } from '../../../api';
import { courseOf, lastValue, smooth, sortKeys } from './series';
import type { IRunMetrics } from './series';

const series = (key: string, points: MetricSeries['points'], total = points.length): MetricSeries => ({
  key,
  points,
  total
});

const run: IRunMetrics = {
  name: 'a',
  series: [
    series('loss', [
      [0, 10_000, 4],
      [1, 10_500, 0],
      [5, 12_000, -1],
      [6, 13_000, null]
    ]),
    series('r2', [[0, 14_000, 0.5]]),
    series('loss10', [[0, 9_000, 1]], 20),
    series('loss9', [[0, 9_500, 1]], 20)
  ]
};

describe('courses of metrics', () => {
  it('are where there is more than one point; by name, with numbers as people count', () => {
    expect(sortKeys([run])).toEqual({ courses: ['loss', 'loss9', 'loss10'], single: ['r2'] });
  });

  it('count a metric as a course when any job has one', () => {
    const other = { name: 'b', series: [series('r2', [[0, 1, 1]], 2)] };
    expect(sortKeys([run, other]).courses).toContain('r2');
  });

  it('go along steps', () => {
    expect(courseOf(run, 'loss', { axis: 'step', log: false, smoothing: 0 })).toEqual([
      [0, 1, 5, 6],
      [4, 0, -1, null]
    ]);
  });

  it('or along seconds since anything was measured', () => {
    expect(courseOf(run, 'loss', { axis: 'time', log: false, smoothing: 0 })[0]).toEqual([1, 1.5, 3, 4]);
  });

  it('begin at zero and go on from there, whatever became of the clock', () => {
    const back = { name: 'b', series: [series('loss', [[0, 9_000, 1], [1, 2_000, 2], [2, 3_000, 3]])] }; // prettier-ignore
    expect(courseOf(back, 'loss', { axis: 'time', log: false, smoothing: 0 })).toEqual([
      [0, 1, 7],
      [2, 3, 1]
    ]);
  });

  it('leave out on a logarithmic scale what has no logarithm', () => {
    expect(courseOf(run, 'loss', { axis: 'step', log: true, smoothing: 0 })[1]).toEqual([4, null, null, null]);
  });

  it('are empty where the job did not measure it', () => {
    expect(courseOf(run, 'accuracy', { axis: 'time', log: false, smoothing: 0.5 })).toEqual([[], []]);
  });

  it('have a last value', () => {
    expect([lastValue(run, 'r2'), lastValue(run, 'loss'), lastValue(run, 'accuracy')]).toEqual([0.5, null, null]);
  });
});

describe('smoothing', () => {
  it('leaves constants as they are from the first value on', () => {
    for (const value of smooth([3, 3, 3, 3], 0.9)) expect(value).toBeCloseTo(3);
  });

  it('keeps gaps and goes on behind them', () => {
    const [first, gap, last] = smooth([1, null, 3], 0.5);
    expect([first, gap]).toEqual([1, null]);
    expect(last).toBeCloseTo((1 * 0.25 + 3 * 0.5) / 0.75);
  });

  it('does nothing at 0, and never changes what it was given', () => {
    const values = [1, 2, 4];
    expect(smooth(values, 0)).toEqual(values);
    smooth(values, 0.5);
    expect(values).toEqual([1, 2, 4]);
  });
});
