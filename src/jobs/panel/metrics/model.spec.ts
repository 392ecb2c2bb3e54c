// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Job } from '../../../api';
import { makeJob } from '../../../testing/jobs';
import { fakeServer, Refusal } from '../../../testing/server';
import { FakeStream } from '../../../testing/stream';
import { JobManager } from '../../manager';
import { MetricsModel } from './model';

/** Not all: animation frames of jsdom would never run. */
const TIMERS: Parameters<typeof vi.useFakeTimers>[0] = { toFake: ['setTimeout', 'clearTimeout'] };

afterEach(() => void vi.useRealTimers());

describe('MetricsModel', () => {
  let stream: FakeStream;
  let jobs: JobManager;
  let requests: string[];
  let states: Record<string, Job['state']>;
  const reads = (): number => requests.filter(each => each.endsWith('/metrics')).length;
  const wrote = (name: string): void =>
    stream.emit('job_progress', { name, attempt: 1, offset: 1, metrics: { loss: 1 } });

  beforeEach(async () => {
    stream = new FakeStream();
    states = { a: 'Running', b: 'Completed' };
    const server = fakeServer(({ path }) => {
      const name = path.split('/')[2];
      if (!states[name]) throw new Refusal(404, 'not_found', `there is no job ${name}`);
      if (!path.endsWith('/metrics')) return makeJob(name, { state: states[name] });
      return { series: [{ key: `of ${name}`, total: 1, points: [[0, 0, 1]] }] };
    });
    requests = server.requests;
    jobs = new JobManager(server.api, stream.feed);
    for (const name of ['a', 'b']) {
      jobs.watch(name);
      await jobs.get(name);
    }
  });

  it('fetches while visible, and again when it becomes visible', async () => {
    vi.useFakeTimers(TIMERS);
    const model = new MetricsModel(jobs, ['a']);
    wrote('a');
    expect(reads()).toBe(0);
    model.setShown(true);
    await vi.waitFor(() => expect(model.runs).toHaveLength(1));
    wrote('a');
    await vi.advanceTimersByTimeAsync(1_500);
    expect(reads()).toBe(2);
    model.setShown(false);
    wrote('a');
    await vi.advanceTimersByTimeAsync(1_500);
    expect(reads()).toBe(2);
    model.setShown(true);
    await vi.waitFor(() => expect(reads()).toBe(3));
    model.dispose();
  });

  it('waits for the response before the next request', async () => {
    vi.useFakeTimers(TIMERS);
    let answer = (): void => undefined;
    const slow = vi.fn(() => new Promise(resolve => (answer = () => resolve({ series: [] }))));
    Object.assign(jobs.api, { get: slow });
    const model = new MetricsModel(jobs, ['a']);
    model.setShown(true);
    wrote('a');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(slow).toHaveBeenCalledTimes(1);
    answer();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(slow).toHaveBeenCalledTimes(2);
    model.dispose();
  });

  it('does not fetch again after the job has ended', async () => {
    const model = new MetricsModel(jobs, ['b']);
    await model.load();
    await jobs.get('b');
    model.setShown(true);
    await jobs.get('b'); // a request that was sent before is recorded by now
    expect(reads()).toBe(1);
  });

  it('shows the other jobs if one request fails', async () => {
    const model = new MetricsModel(jobs, ['gone', 'b']);
    await model.load();
    expect(model.runs?.map(({ name }) => name)).toEqual(['b']);
    expect(model.error?.message).toBe('there is no job gone');
    states.gone = 'Completed';
    model.setShown(true);
    await vi.waitFor(() => expect(model.runs?.map(({ name }) => name)).toEqual(['gone', 'b']));
    expect(model.error).toBeNull();
  });
});
