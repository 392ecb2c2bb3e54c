// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it } from 'vitest';

import { makeJob } from '../../testing/jobs';
import { tabIcon } from './tabIcon';

it('shows the state of a job, and how far it is', () => {
  const progress = { ...makeJob('a').progress, cells_done: 1, cells_total: 4 };
  const running = makeJob('a', { state: 'Running', progress });
  const shown = (job: typeof running): Element | undefined => tabIcon(job).element()?.querySelector('g') ?? undefined;
  const dash = shown(running)?.lastElementChild?.getAttribute('stroke-dasharray')?.split(' ').map(Number) ?? [];
  expect(dash[0] / dash[1]).toBeCloseTo(0.25);
  expect(shown(makeJob('a', { state: 'Failed' }))?.getAttribute('class')).toContain('jp-mod-failed');
  const bar = { label: 'epochs', done: 3, total: 4, unit: 'it' };
  const ahead = makeJob('a', { state: 'Running', progress: { ...progress, bar } });
  expect(tabIcon(ahead).name).toBe('jupyter-ml:running15');
  expect(tabIcon(ahead).name).toBe(tabIcon(ahead).name);
});
