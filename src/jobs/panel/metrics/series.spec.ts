// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import type { MetricSeries } from '../../../api';
import { lastValue, seriesOf, smooth, sortKeys } from './series';
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

describe('series of metrics', () => {
  it('have more than one point, and are sorted naturally by name', () => {
    expect(sortKeys([run])).toEqual({ series: ['loss', 'loss9', 'loss10'], scalars: ['r2'] });
  });

  it('include metrics with several values in any job', () => {
    const other = { name: 'b', series: [series('r2', [[0, 1, 1]], 2)] };
    expect(sortKeys([run, other]).series).toContain('r2');
  });

  it('have steps on the x axis', () => {
    expect(seriesOf(run, 'loss', { axis: 'step', log: false, smoothing: 0 })).toEqual([
      [0, 1, 5, 6],
      [4, 0, -1, null]
    ]);
  });

  it('or seconds since the first value', () => {
    expect(seriesOf(run, 'loss', { axis: 'time', log: false, smoothing: 0 })[0]).toEqual([1, 1.5, 3, 4]);
  });

  it('start at zero even if the clock was set back', () => {
    const back = { name: 'b', series: [series('loss', [[0, 9_000, 1], [1, 2_000, 2], [2, 3_000, 3]])] }; // prettier-ignore
    expect(seriesOf(back, 'loss', { axis: 'time', log: false, smoothing: 0 })).toEqual([
      [0, 1, 7],
      [2, 3, 1]
    ]);
  });

  it('omit values that are not positive on a logarithmic scale', () => {
    expect(seriesOf(run, 'loss', { axis: 'step', log: true, smoothing: 0 })[1]).toEqual([4, null, null, null]);
  });

  it('are empty for a job without the metric', () => {
    expect(seriesOf(run, 'accuracy', { axis: 'time', log: false, smoothing: 0.5 })).toEqual([[], []]);
  });

  it('have a last value', () => {
    expect([lastValue(run, 'r2'), lastValue(run, 'loss'), lastValue(run, 'accuracy')]).toEqual([0.5, null, null]);
  });
});

describe('smoothing', () => {
  it('keeps constants unchanged', () => {
    for (const value of smooth([3, 3, 3, 3], 0.9)) expect(value).toBeCloseTo(3);
  });

  it('keeps gaps, and continues after them', () => {
    const [first, gap, last] = smooth([1, null, 3], 0.5);
    expect([first, gap]).toEqual([1, null]);
    expect(last).toBeCloseTo((1 * 0.25 + 3 * 0.5) / 0.75);
  });

  it('does nothing at 0, and does not modify its input', () => {
    const values = [1, 2, 4];
    expect(smooth(values, 0)).toEqual(values);
    smooth(values, 0.5);
    expect(values).toEqual([1, 2, 4]);
  });
});
