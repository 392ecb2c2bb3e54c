// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it } from 'vitest';

import type { Job } from '../api';
import { makeJob } from '../testing/jobs';
import { distinction, isNamed, titleOf } from './naming';

const notebook = (path: string): Job['spec'] => ({ type: 'notebook', notebook: path }) as Job['spec'];

it.each([
  ['frank_wolf_k3f9x2', 'frank_wolf', notebook('/w/my train.ipynb'), 'my train', false],
  ['frank_wolf_k3f9x2', 'best so far', notebook('/w/train.ipynb'), 'best so far', true],
  ['nightly', 'nightly', notebook('/w/train.ipynb'), 'nightly', true],
  ['frank_wolf_k3f9x2', 'frank_wolf', { type: 'command', command: 'python train.py' }, 'python train.py', false],
  ['sleepy-shrew-12', 'sleepy-shrew-12', null, 'sleepy-shrew-12', true]
])('titles %s, %s', (name, display_name, spec, title, named) => {
  const job = makeJob(name, { display_name, spec: spec as Job['spec'] });
  expect([titleOf(job), isNamed(job)]).toEqual([title, named]);
});

it('distinguishes jobs with the same source by what differs, the most varied first', () => {
  const job = (path: string, parameters: Job['parameters']): Job => makeJob('a', { spec: notebook(path), parameters });
  const jobs = [
    job('train.ipynb', { seed: 1, alpha: 0.1, l1: 0.5 }),
    job('train.ipynb', { seed: 1, alpha: 0.5, l1: 0.5 }),
    job('train.ipynb', { seed: 1, alpha: 1, l1: 0.9 }),
    job('test.ipynb', { seed: 2 }),
    job('train.ipynb', { seed: 1, alpha: 0.1 })
  ];
  expect(jobs.map(each => distinction(each, jobs))).toEqual([
    [
      ['alpha', 0.1],
      ['l1', 0.5]
    ],
    [
      ['alpha', 0.5],
      ['l1', 0.5]
    ],
    [
      ['alpha', 1],
      ['l1', 0.9]
    ],
    [],
    [['alpha', 0.1]]
  ]);
});

it('distinguishes jobs by what their code has logged, after what they were given', () => {
  const job = (alpha: number, lr: string): Job =>
    makeJob('a', { spec: notebook('train.ipynb'), parameters: { alpha }, logged_parameters: { lr, alpha: 'x' } });
  const jobs = [job(1, '0.1'), job(2, '0.2'), job(2, '0.3')];
  expect(distinction(jobs[0], jobs)).toEqual([
    ['alpha', 1],
    ['lr', '0.1']
  ]);
});
