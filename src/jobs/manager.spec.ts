// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Job } from '../api';
import { makeJob } from '../testing/jobs';
import { fakeServer, Refusal } from '../testing/server';
import type { Handler } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { JobManager } from './manager';

describe('JobManager', () => {
  let stream: FakeStream;
  let jobs: JobManager;
  let requests: string[];
  let stored: Record<string, Job>;

  const handle: Handler = ({ method, path }) => {
    const [, , name, verb] = path.split('/');
    if (!name) return { items: Object.values(stored), total: Object.keys(stored).length };
    if (!(name in stored)) throw new Refusal(404, 'not_found', `there is no job ${name}`);
    if (verb === 'events') return { attempt: 1, events: [], shortened: [], offset: 0, complete: false };
    if (verb === 'archive') stored[name] = { ...stored[name], archived: true };
    if (method === 'DELETE') {
      const request = { kind: 'delete', requested_at: '2026-01-02T03:04:05Z', attempts: 0, error: null } as const;
      stored[name] = { ...stored[name], request: { ...request, retry_at: null } };
    }
    return stored[name];
  };

  beforeEach(() => {
    stored = { a: makeJob('a'), b: makeJob('b') };
    stream = new FakeStream();
    const server = fakeServer(handle);
    requests = server.requests;
    jobs = new JobManager(server.api, stream.feed);
    return () => jobs.dispose();
  });

  const shown = async (): Promise<ReturnType<JobManager['window']>> => {
    const rows = await jobs.window();
    rows.show(0, 10);
    await vi.waitFor(() => expect(rows.total).toBe(2));
    return rows;
  };

  it('fetches nothing unless asked', async () => {
    stream.open();
    stream.emit('job', { name: 'a', type: 'job_state_changed', data: { state: 'Running' } });
    await new Promise(resolve => setTimeout(resolve));
    expect(requests).toEqual([]);
  });

  it('returns jobs of a list without a request', async () => {
    await shown();
    expect(jobs.peek('a')?.state).toBe('Queued');
    expect(jobs.peek('c')).toBeUndefined();
    expect(requests).toHaveLength(1);
  });

  it('applies an event at once, and fetches the rest', async () => {
    const rows = await shown();
    stored.a = makeJob('a', { state: 'Completed', metrics: { r2: 0.5 } });
    stream.emit('job', {
      name: 'a',
      type: 'job_state_changed',
      data: { state: 'Completed', attempt: 1, display_name: 'a' }
    });
    expect(rows.row(0)?.state).toBe('Completed');
    expect(rows.row(0)?.metrics).toEqual({});
    await vi.waitFor(() => expect(rows.row(0)?.metrics).toEqual({ r2: 0.5 }));
  });

  it('applies the end of a request together with the state', async () => {
    const cancel = { kind: 'cancel', requested_at: '2026-01-02T03:04:05Z', attempts: 0, error: null } as const;
    stored.a = makeJob('a', { state: 'CancelRequested', request: { ...cancel, retry_at: null } });
    const rows = await shown();
    stream.emit('job', {
      name: 'a',
      type: 'job_state_changed',
      data: { state: 'Canceled', attempt: 1, request: null }
    });
    expect(rows.row(0)).toMatchObject({ state: 'Canceled', request: null });
  });

  it('keeps the end of a job when an older response arrives after it', async () => {
    const rows = await shown();
    stored.a = makeJob('a', { state: 'CancelRequested' });
    const response = jobs.get('a');
    stream.emit('job', { name: 'a', type: 'job_state_changed', data: { state: 'Canceled', attempt: 1 } });
    await response;
    expect(rows.row(0)?.state).toBe('Canceled');
  });

  it('keeps what an event has changed when an older list arrives after it', async () => {
    stored.a = makeJob('a', { state: 'CancelRequested' });
    const rows = await shown();
    const states: (string | undefined)[] = [];
    rows.refresh();
    stream.emit('job', { name: 'a', type: 'job_state_changed', data: { state: 'Canceled', attempt: 1 } });
    rows.changed.connect(() => states.push(rows.row(0)?.state));
    await vi.waitFor(() => expect(states).not.toEqual([]));
    expect(states[0]).toBe('Canceled');
  });

  it('knows one state of a job in all lists', async () => {
    const rows = await shown();
    stored.a = makeJob('a', { state: 'Running' });
    await shown();
    expect(rows.row(0)?.state).toBe('Running');
  });

  it('updates progress, usage and metrics without a request', async () => {
    const rows = await shown();
    const changed = vi.fn();
    jobs.changed.connect((_, job) => changed(job.name));
    const progress = { cells_done: 3, cells_total: 7, cell: 4 };
    const usage = { cpu_percent: 50, memory_bytes: 1 };
    stream.emit('job_progress', { name: 'a', attempt: 1, offset: 10, progress, usage, metrics: { loss: 2 } });
    expect(rows.row(0)).toMatchObject({ progress, usage, metrics: { loss: 2 } });
    expect(changed).toHaveBeenCalledWith('a');
    expect(requests).toHaveLength(1);
  });

  it('fetches a watched job after a change of state, until it is not watched any more', async () => {
    const watch = jobs.watch('a');
    await jobs.get('a');
    stored.a = makeJob('a', { state: 'Failed', cause: { kind: 'exception', message: 'boom' } as Job['cause'] });
    stream.emit('job', { name: 'a', type: 'job_state_changed', data: { state: 'Failed', attempt: 1 } });
    await vi.waitFor(() => expect(jobs.peek('a')?.cause?.message).toBe('boom'));
    watch.dispose();
    requests.length = 0;
    stream.emit('job', { name: 'a', type: 'job_state_changed', data: { state: 'Failed', attempt: 1 } });
    expect(requests).toEqual([]);
    expect(jobs.peek('a')).toBeUndefined();
  });

  it('fetches again when events were missed', async () => {
    const rows = await shown();
    stored.c = makeJob('c');
    stream.open();
    await vi.waitFor(() => expect(rows.total).toBe(3));
  });

  it('emits changes of state of unknown jobs', () => {
    const emitted = vi.fn();
    jobs.stateChanged.connect((_, change) => emitted(change));
    stream.emit('job', {
      name: 'z',
      type: 'job_state_changed',
      data: { state: 'Failed', display_name: 'Z', attempt: 1 }
    });
    expect(emitted).toHaveBeenCalledWith({ name: 'z', display_name: 'Z', state: 'Failed' });
  });

  it('emits a state only when it has changed', () => {
    const emitted = vi.fn();
    jobs.stateChanged.connect((_, change) => emitted(change.state));
    stream.emit('job', {
      name: 'z',
      type: 'job_archived',
      data: { state: 'Completed', display_name: 'Z', attempt: 1 }
    });
    expect(emitted).not.toHaveBeenCalled();
  });

  it('continues the event log that has grown, and no other', async () => {
    stored.a = makeJob('a', { attempt: 1 });
    await shown();
    const eventLog = jobs.follow('a', 1);
    await vi.waitFor(() => expect(eventLog.caughtUp).toBe(true));
    requests.length = 0;
    stream.emit('job_progress', { name: 'b', attempt: 1, offset: 5 });
    stream.emit('job_progress', { name: 'a', attempt: 2, offset: 5 });
    expect(requests).toEqual([]);
    stream.emit('job_progress', { name: 'a', attempt: 1, offset: 5 });
    await vi.waitFor(() => expect(requests).toEqual(['GET /jobs/a/events?attempt=1&offset=0&limit_bytes=1000000']));
  });

  it('emits deleted for any job', async () => {
    const gone = vi.fn();
    jobs.deleted.connect((_, name) => gone(name));
    await shown();
    await jobs.delete('a');
    expect(jobs.peek('a')?.request?.kind).toBe('delete');
    expect(gone).not.toHaveBeenCalled();
    for (const name of ['a', 'b']) stream.emit('job', { name, type: 'job_deleted', data: { state: 'Completed' } });
    expect(gone.mock.calls).toEqual([['a'], ['b']]);
  });

  it('emits deleted for a watched job that was deleted while disconnected', async () => {
    const gone = vi.fn();
    jobs.deleted.connect((_, name) => gone(name));
    await jobs.get('a');
    jobs.watch('a');
    await jobs.get('a');
    delete stored.a;
    stream.open();
    await vi.waitFor(() => expect(gone.mock.calls).toEqual([['a']]));
  });

  it('emits a missed change of state of a watched job once', async () => {
    const emitted = vi.fn();
    jobs.stateChanged.connect((_, { name, state }) => emitted(name, state));
    await jobs.get('a');
    jobs.watch('a');
    await jobs.get('a');
    stored.a = makeJob('a', { state: 'Completed' });
    stream.open();
    await vi.waitFor(() => expect(emitted.mock.calls).toEqual([['a', 'Completed']]));
    stream.close();
    stream.open();
    await vi.waitFor(() => expect(requests.filter(each => each === 'GET /jobs/a').length).toBeGreaterThan(3));
    expect(emitted).toHaveBeenCalledTimes(1);
  });

  it('applies the response of a request', async () => {
    const rows = await shown();
    expect((await jobs.archive('a')).archived).toBe(true);
    expect(rows.row(0)?.archived).toBe(true);
    await expect(jobs.cancel('gone')).rejects.toMatchObject({ status: 404 });
  });
});
