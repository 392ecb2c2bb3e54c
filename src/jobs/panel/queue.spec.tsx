// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { act, renderHook, waitFor } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';

import type { Job, QueuePosition } from '../../api';
import { makeJob } from '../../testing/jobs';
import { fakeServer } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { JobManager } from '../manager';
import { useQueuePosition } from './queue';

let position: QueuePosition;
let stream: FakeStream;
let jobs: JobManager;
let requests: string[];

beforeEach(() => {
  position = { position: 2, running: 1, starts_at: null };
  stream = new FakeStream();
  let api;
  ({ api, requests } = fakeServer(({ path }) => (path === '/jobs/a/queue' ? position : { items: [], total: 0 })));
  jobs = new JobManager(api, stream.feed);
});

const show = (job: Job) => renderHook(({ shown }) => useQueuePosition(jobs, shown), { initialProps: { shown: job } });

it('reads the position of a queued job, again when a job changes its state, and not of one that runs', async () => {
  const { result, rerender } = show(makeJob('a'));
  await waitFor(() => expect(result.current).toEqual(position));
  position = { position: 1, running: 1, starts_at: '2026-01-02T03:04:05Z' };
  const data = { display_name: 'b', experiment_name: 'default', state: 'Completed', attempt: 1 };
  act(() => stream.emit('job', { name: 'b', type: 'job_state_changed', data }));
  await waitFor(() => expect(result.current).toEqual(position), { timeout: 10_000 });
  rerender({ shown: makeJob('a', { state: 'Running' }) });
  expect(result.current).toBeNull();
});

it('requests nothing for a job that does not wait', () => {
  const { result } = show(makeJob('a', { state: 'Completed' }));
  expect(result.current).toBeNull();
  expect(requests.filter(request => request.includes('/queue'))).toEqual([]);
});
