// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it, vi } from 'vitest';

import { makeExperiment } from '../testing/jobs';
import { fakeServer } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { ExperimentManager } from './manager';

it('is filtered by the server, and is fetched again when jobs change', async () => {
  let jobs = 1;
  const { api, requests } = fakeServer(({ query }) => {
    const items = [makeExperiment('Trees', { jobs })];
    if (!query.has('filter')) items.push(makeExperiment('nets'));
    return { items, total: items.length };
  });
  const stream = new FakeStream();
  const experiments = new ExperimentManager(api, stream.feed);
  const rows = experiments.window();
  rows.show(0, 10);
  await vi.waitFor(() => expect(rows.total).toBe(2));
  rows.setQuery({ filter: 'tree' });
  await vi.waitFor(() => expect(rows.total).toBe(1));
  expect(requests.at(-1)).toContain('filter=tree');
  jobs = 2;
  stream.emit('job', { name: 'a', type: 'job_created' });
  await vi.waitFor(() => expect(rows.row(0)?.jobs).toBe(2));
  jobs = 3;
  stream.emit('experiment', { name: 'Trees', type: 'experiment_archived' });
  await vi.waitFor(() => expect(rows.row(0)?.jobs).toBe(3));
  experiments.dispose();
});
