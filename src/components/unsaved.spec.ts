// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { StateDB } from '@jupyterlab/statedb';
import { expect, it } from 'vitest';

import { UnsavedTexts } from './unsaved';

it('keeps the newest unsaved texts in the state of JupyterLab', async () => {
  const state = new StateDB();
  const before = new UnsavedTexts(state);
  for (let number = 0; number < 25; number++) before.set(`job-${number}`, { text: `note ${number}`, revision: number });
  before.set('job-5', { text: 'again' });
  before.set('job-24', null);

  const after = new UnsavedTexts(state);
  after.set('job-23', { text: 'typed before the others were loaded' });
  let changes = 0;
  after.changed.connect(() => changes++);
  await state.fetch('jupyter-ml:unsaved-texts').then(() => undefined);
  expect(changes).toBe(1);
  expect([after.get('job-5'), after.get('job-4'), after.get('job-24')]).toEqual([
    { text: 'again' },
    undefined,
    undefined
  ]);
  expect(after.get('job-22')).toEqual({ text: 'note 22', revision: 22 });
  expect(after.get('job-23')?.text).toBe('typed before the others were loaded');
});
