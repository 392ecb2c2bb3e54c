// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { act, renderHook, waitFor } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { beforeEach, expect, it } from 'vitest';

import type { Job, QueuePosition } from '../../api';
import { makeJob } from '../../testing/jobs';
import { fakeServer } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { JobManager } from '../manager';
import { queueText, useQueuePosition } from './queue';

const UNKNOWN: QueuePosition = {
  position: 2,
  running: 1,
  after: [],
  waits_for: null,
  starts_at: null,
  earliest_at: null,
  latest_at: null,
  without_history: null,
  overdue: null,
  message: null,
  estimates: 0,
  right_estimates: 0
};

let position: QueuePosition;
let stream: FakeStream;
let jobs: JobManager;
let requests: string[];

beforeEach(() => {
  position = UNKNOWN;
  stream = new FakeStream();
  let api;
  ({ api, requests } = fakeServer(({ path }) => (path === '/jobs/a/queue' ? position : { items: [], total: 0 })));
  jobs = new JobManager(api, stream.feed);
});

const show = (job: Job) => renderHook(({ shown }) => useQueuePosition(jobs, shown), { initialProps: { shown: job } });

it('reads the position of a queued job, again when a job changes its state, and not of one that runs', async () => {
  const { result, rerender } = show(makeJob('a'));
  await waitFor(() => expect(result.current).toEqual(position));
  position = { ...UNKNOWN, position: 1, starts_at: '2026-01-02T03:04:05Z' };
  const data = { display_name: 'b', experiment_name: 'default', state: 'Completed', attempt: 1 };
  act(() => stream.emit('job', { name: 'b', type: 'job_state_changed', data }));
  await waitFor(() => expect(result.current).toEqual(position));
  rerender({ shown: makeJob('a', { state: 'Running' }) });
  expect(result.current).toBeNull();
});

it('requests nothing for a job that does not wait', () => {
  const { result } = show(makeJob('a', { state: 'Completed' }));
  expect(result.current).toBeNull();
  expect(requests.filter(request => request.includes('/queue'))).toEqual([]);
});

it.each<[Partial<QueuePosition>, string]>([
  [{ running: 0 }, '#2 in the queue'],
  [{ running: 3 }, '#2 in the queue · waits for 3 jobs that run on gpu'],
  [
    { running: 0, message: '1 of 1 nodes are being prepared' },
    '#2 in the queue · waits for a node of gpu: 1 of 1 nodes are being prepared'
  ],
  [{ after: ['a', 'b'], starts_at: '2026-01-02T03:04:05Z' }, '#2 in the queue · starts after a and b in ~4 min'],
  [
    {
      position: 5,
      after: ['a', 'b', 'c'],
      starts_at: '2026-01-02T03:04:05Z',
      earliest_at: '2026-01-02T03:02:05Z',
      latest_at: '2026-01-02T03:07:05Z',
      estimates: 20,
      right_estimates: 17
    },
    '#5 in the queue · starts after a, b, c and 2 others in ~4 min (2 min – 7 min) · 17 of the last 20 estimates were right'
  ],
  [
    {
      position: 1,
      waits_for: { resource: 'memory', needed: 3_000_000_000, free: 0 },
      starts_at: '2026-01-02T03:04:05Z'
    },
    '#1 in the queue · waits for memory: it needs about 3 GB, free: 0 bytes'
  ],
  [
    { position: 1, waits_for: { resource: 'gpus', needed: 2, free: 1 } },
    '#1 in the queue · waits for GPUs: it needs 2, free: 1'
  ],
  [
    { position: 1, waits_for: { resource: 'nodes', needed: 3, free: 0 } },
    '#1 in the queue · waits for nodes: it needs 3, free: 0'
  ],
  [
    { without_history: 'a' },
    '#2 in the queue · waits for the job that runs on gpu · start not known: no job like a has completed there yet'
  ],
  [
    { overdue: 'a' },
    '#2 in the queue · waits for the job that runs on gpu · start not known: a takes longer than all jobs like it'
  ]
])('shows when a job starts: %j', (values, text) => {
  const trans = nullTranslator.load('jupyter_ml');
  const now = Date.parse('2026-01-02T03:00:05Z');
  expect(queueText({ ...UNKNOWN, ...values }, 'gpu', now, trans)).toBe(text);
});
