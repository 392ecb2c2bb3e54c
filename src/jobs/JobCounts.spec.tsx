// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { render, screen, waitFor } from '@testing-library/react';
import { Signal } from '@lumino/signaling';
import { expect, it, vi } from 'vitest';

import { makeJob } from '../testing/jobs';
import { fakeServer } from '../testing/server';
import { FakeStream } from '../testing/stream';
import type { IWorkspaceManager } from '../workspace';
import { JobCounts } from './JobCounts';
import { JobManager } from './manager';

const progress = { cells_done: 1, cells_total: 4, cell: 1, prompt: 3, bar: null };
const job = makeJob('a', { state: 'Running', display_name: 'best', progress });

function show(counts: Record<string, number>): string[] {
  const { api, requests } = fakeServer(() => ({ items: [job], total: 1 }));
  const jobs = new JobManager(api, new FakeStream().feed);
  const workspace = { changed: new Signal({}), workspace: { jobs: counts }, error: null };
  render(<JobCounts workspace={workspace as unknown as IWorkspaceManager} jobs={jobs} onClick={vi.fn()} />);
  return requests;
}

it('shows how far the only running job is', async () => {
  show({ Running: 1, Queued: 2 });
  await screen.findByText('25%');
  expect(screen.getByRole('button').title).toContain('1 running, 2 queued · ');
  expect(screen.getByRole('button').title).toContain('best · cell [3] (2 of 4)');
});

it('only counts several running jobs', async () => {
  const requests = show({ Running: 2 });
  await waitFor(() => expect(screen.getByRole('button').textContent).toBe('Running2'));
  expect(requests).toEqual([]);
});
