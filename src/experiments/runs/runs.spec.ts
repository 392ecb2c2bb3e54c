// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import { toCsv } from './csv';
import { bestRun, boxOf, groupRuns, Runs, sortRuns } from './runs';
import { scaleOf } from './charts/scales';

const runs = new Runs(
  {
    name: ['a', 'b', 'c', 'd', 'e'],
    created_at: [0, 1, 2, 3, 4],
    'metrics.r2': [0.5, 'NaN', 0.9, null, 0.5],
    'parameters.depth': [10, 9, 'auto', 9, null]
  },
  5
);
const all = [0, 1, 2, 3, 4];

describe('sorted runs', () => {
  it('have runs without a number last in both directions, and keep the order of equal ones', () => {
    expect(sortRuns(runs, 'metrics.r2', false)).toEqual([0, 4, 2, 1, 3]);
    expect(sortRuns(runs, 'metrics.r2', true)).toEqual([2, 0, 4, 1, 3]);
  });

  it('have numbers before texts, and a column that is not loaded leaves them as they are', () => {
    expect(sortRuns(runs, 'parameters.depth', false)).toEqual([1, 3, 0, 2, 4]);
    expect(sortRuns(runs, 'tags.missing', true)).toEqual(all);
  });
});

it('runs are grouped by value, those without one last', () => {
  expect(groupRuns(runs, all, 'parameters.depth')).toEqual([
    { value: 9, runs: [1, 3] },
    { value: 10, runs: [0] },
    { value: 'auto', runs: [2] },
    { value: null, runs: [4] }
  ]);
});

it('the best run is the highest or lowest number, and there is none if all are equal', () => {
  expect(bestRun(runs, 'metrics.r2', false, all)).toBe(2);
  expect(bestRun(runs, 'metrics.r2', true, all)).toBe(0);
  expect(bestRun(runs, 'metrics.r2', false, [0, 1, 4])).toBeUndefined();
});

it('a box has quartiles of numbers alone', () => {
  expect(boxOf(runs, 'created_at', all)).toEqual({ count: 5, min: 0, q1: 1, median: 2, q3: 3, max: 4 });
  expect(boxOf(runs, 'created_at', [0, 1])?.median).toBe(0.5);
  expect(boxOf(runs, 'metrics.r2', [1, 3])).toBeNull();
});

it('a scale has positions of numbers, or of texts where there are none', () => {
  const depth = scaleOf(runs, 'parameters.depth', all, false);
  expect(all.map(run => depth.at(runs.value('parameters.depth', run)))).toEqual([1, 0, null, 0, null]);
  expect(scaleOf(runs, 'created_at', all, true).at(0)).toBeNull();
  expect(scaleOf(runs, 'created_at', all, true).at(2)).toBeCloseTo(0.5);
  const name = scaleOf(runs, 'name', all, false);
  expect(name.texts).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(name.at('c')).toBe(0.5);
});

it('CSV has unrounded numbers, quotes where necessary, and no formulas', () => {
  const hostile = new Runs(
    {
      name: ['=cmd()', 'a "b", c', '-1'],
      created_at: [0, 1.5, 2],
      'metrics.r2': [0.123456789, null, 'NaN']
    },
    3
  );
  expect(toCsv(hostile, [2, 0, 1], ['name', 'metrics.r2', 'created_at']).split('\r\n')).toEqual([
    'name,metrics.r2,created_at',
    '-1,NaN,1970-01-01T00:00:02.000Z',
    "'=cmd(),0.123456789,1970-01-01T00:00:00.000Z",
    '"a ""b"", c",,1970-01-01T00:00:01.500Z',
    ''
  ]);
});
