// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import { makeJob } from '../../testing/jobs';
import { betterOf, compareMetrics, compareParameters } from './comparison';

const jobs = [
  makeJob('a', { parameters: { alpha: 0.1, layers: [8, 4], seed: 7 }, metrics: { r2: 0.4, rmse: 50, f1: 1 } }),
  makeJob('b', { parameters: { alpha: 0.5, layers: [8, 4], seed: 7 }, metrics: { r2: 0.5, rmse: 60, f1: 1 } }),
  makeJob('c', { parameters: { alpha: 0.5, layers: [8, 4] }, metrics: { r2: 'NaN' } })
];

describe('parameters', () => {
  it('differ in value or existence; lists are compared by content', () => {
    const rows = compareParameters(jobs);
    expect(rows.map(({ key, differs }) => [key, differs])).toEqual([
      ['alpha', true],
      ['layers', false],
      ['seed', true]
    ]);
    expect(rows[2].values).toEqual([7, 7, undefined]);
  });

  it('include those that the code has logged, without replacing those that were given', () => {
    const logged = makeJob('d', { parameters: { alpha: 0.1 }, logged_parameters: { alpha: '9', by_hand: '5' } });
    expect(compareParameters([jobs[0], logged]).map(({ key, values }) => [key, values[1]])).toEqual([
      ['alpha', 0.1],
      ['by_hand', '5'],
      ['layers', undefined],
      ['seed', undefined]
    ]);
  });
});

describe('metrics', () => {
  const best = (key: string, ...rest: Parameters<typeof compareMetrics> extends [unknown, ...infer R] ? R : never) => [
    ...(compareMetrics(jobs, ...rest).find(row => row.key === key)?.best ?? [])
  ];

  it('mark the highest as best, and the lowest for errors', () => {
    expect(best('r2')).toEqual([1]);
    expect(best('rmse')).toEqual([0]);
  });

  it('mark none if all are equal', () => {
    expect(best('f1')).toEqual([]);
  });

  it('follow the choice of the user', () => {
    expect(best('rmse', new Map([['rmse', 'higher']]))).toEqual([1]);
  });

  it.each(['loss', 'val_loss', 'valLoss', 'train/loss', 'mean_squared_error', 'RMSE', 'test.mae', 'fit_time'])(
    'lower: %s',
    key => expect(betterOf(key)).toBe('lower')
  );

  it.each(['r2', 'accuracy', 'val_acc', 'f1', 'closses', 'times_right', 'gloss'])('higher: %s', key =>
    expect(betterOf(key)).toBe('higher')
  );
});
