// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it } from 'vitest';

import { makeJob } from '../../testing/jobs';
import { waitOf } from './queue';

const at = (minute: number): string => `2026-01-02T03:0${minute}:00Z`;
const queued = [
  makeJob('low', { priority: 'low' }),
  makeJob('first'),
  makeJob('elsewhere', { compute: 'gpu' }),
  makeJob('second'),
  makeJob('urgent', { priority: 'high' })
];
const running = [
  makeJob('a', { state: 'Running', eta_at: at(5) }),
  makeJob('b', { state: 'Running', eta_at: at(2) }),
  makeJob('c', { state: 'Running', compute: 'gpu' })
];

it.each([
  ['urgent', { place: 1, running: 2, startsAt: at(2) }],
  ['first', { place: 2, running: 2, startsAt: at(5) }],
  ['second', { place: 3, running: 2, startsAt: null }],
  ['low', { place: 4, running: 2, startsAt: null }],
  ['elsewhere', { place: 1, running: 1, startsAt: null }]
])('%s has its place among the jobs of its compute, by priority', (name, expected) => {
  expect(
    waitOf(
      queued.find(job => job.name === name)!,
      queued,
      running
    )
  ).toEqual(expected);
});

it('is not known of a job that is not among those that were read', () => {
  expect(waitOf(makeJob('other'), queued, running)).toBeNull();
});
