// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { RunView } from '../../api';
import { JobManager } from '../../jobs/manager';
import { makeExperiment, makeJob } from '../../testing/jobs';
import { fakeServer } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { RunsModel } from './model';

const originalSetTimeout = globalThis.setTimeout;

describe('RunsModel', () => {
  let stream: FakeStream;
  let model: RunsModel;
  let jobs: JobManager;
  let names: string[];
  let view: Partial<RunView>;
  /** The columns of each request for runs. */
  let fetched: string[][];
  let metrics: Record<string, number>;
  /** What a response with the experiment waits for, after it was read. */
  let held: Promise<void>;

  /** Let all requests finish; only timers are faked. */
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn++) await new Promise(done => originalSetTimeout(done));
  };
  const pass = async (minutes: number): Promise<void> => {
    vi.advanceTimersByTime(minutes * 60_000);
    await settled();
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    stream = new FakeStream();
    names = ['b', 'a'];
    view = { columns: ['name', 'metrics.r2'], charts: [] };
    fetched = [];
    metrics = { r2: 0.9999 };
    held = Promise.resolve();
    const { api } = fakeServer(({ method, path, query, body }) => {
      if (path.startsWith('/jobs')) return makeJob('a', { metrics, state: 'Running', starred: method === 'PATCH' });
      if (method === 'PATCH') view = (body as { view: RunView }).view;
      if (path.endsWith('/run-columns')) return { items: [], runs: names.length, primary_metric: null };
      if (!path.endsWith('/runs')) {
        const experiment = makeExperiment('trees', { view: view as RunView });
        return held.then(() => experiment);
      }
      const columns = query.getAll('columns');
      fetched.push(columns);
      const own = { name: [...names], display_name: names, state: names.map(() => 'Running'), created_at: [2, 1, 0] };
      const asked = columns.map(column => [column, names.map(name => `${column} of ${name}`)]);
      const answer = { columns: { ...(Object.fromEntries(asked) as object), ...own }, total: names.length };
      if (columns.includes('tags.adds')) names.unshift(`new-${names.length}`);
      return answer;
    });
    jobs = new JobManager(api, stream.feed);
    model = new RunsModel(api, stream.feed, jobs, 'trees');
    model.setShown(true);
    await settled();
    fetched.length = 0;
  });

  afterEach(() => {
    model.dispose();
    jobs.dispose();
    vi.useRealTimers();
  });

  it('fetches a column that is added, and no others', async () => {
    model.setView({ columns: ['name', 'metrics.r2', 'metrics.loss'] });
    await settled();
    expect(fetched).toEqual([['metrics.loss']]);
    expect(model.runs?.value('metrics.loss', 1)).toBe('metrics.loss of a');
    expect(model.runs?.value('metrics.r2', 1)).toBe('metrics.r2 of a');
  });

  it('fetches nothing for a column that is removed, moved, or added again', async () => {
    model.setView({ columns: ['name'] });
    model.setView({ columns: ['metrics.r2', 'name'], sort: 'metrics.r2' });
    await settled();
    expect(fetched).toEqual([]);
  });

  it('keeps a view that is saved while an earlier one is on its way', async () => {
    let release = (): void => undefined;
    held = new Promise(done => (release = done));
    const loading = model.load();
    await settled();
    model.setView({ columns: ['name'] });
    await settled();
    await pass(1);
    expect(view.columns).toEqual(['name']);
    release();
    await loading;
    expect(model.view.columns).toEqual(['name']);
    await model.load();
    expect(model.view.columns).toEqual(['name']);
  });

  it('asks for more columns than the server accepts in several requests', async () => {
    const many = Array.from({ length: 99 }, (_, index) => `parameters.p${index}`);
    const charts = [{ type: 'parallel' as const, columns: ['metrics.x', 'metrics.y'], log: false }];
    model.setView({ columns: ['name', ...many], charts });
    await settled();
    expect(fetched.map(columns => columns.length)).toEqual([50, 50, 1]);
    expect(model.runs?.value('metrics.y', 0)).toBe('metrics.y of b');
  });

  it('keeps values with their runs if a run is added between two requests', async () => {
    model.setView({ columns: ['name', 'tags.adds'] });
    await settled();
    model.setView({ columns: ['name', 'tags.adds', 'tags.team'] });
    await settled();
    expect(model.runs?.columns['tags.team']).toEqual(['tags.team of b', 'tags.team of a']);
  });

  it('fetches all again with the next filter', async () => {
    model.setFilter('otter');
    await settled();
    expect(fetched.flat()).toContain('metrics.r2');
  });

  it('does not wait for the time that all runs took when a filter leaves few', async () => {
    const event = { type: 'job_updated', name: 'a', data: { ...makeJob('a'), experiment_name: 'trees' } };
    const now = vi.spyOn(performance, 'now');
    const takes = async (ms: number, action: () => unknown): Promise<void> => {
      let time = 0;
      now.mockImplementation(() => (time += ms));
      action();
      await settled();
    };
    await takes(5_000, () => model.load());
    stream.emit('job', event);
    await takes(1, () => model.setFilter('a'));
    stream.emit('job', event);
    fetched.length = 0;
    vi.advanceTimersByTime(3_000);
    await settled();
    now.mockRestore();
    expect(fetched).toHaveLength(1);
  });

  it('is refreshed when one of its runs changes, while it is visible', async () => {
    const event = (experiment_name: string): object => ({
      type: 'job_updated',
      name: 'a',
      data: { ...makeJob('a'), experiment_name }
    });
    stream.emit('job', event('others'));
    await pass(1);
    expect(fetched).toEqual([]);
    stream.emit('job', event('trees'));
    stream.emit('job', event('trees'));
    await pass(1);
    expect(fetched).toHaveLength(1);
    stream.emit('job', { type: 'job_deleted', name: 'a', data: {} });
    stream.emit('job', { type: 'job_deleted', name: 'unknown', data: {} });
    await pass(1);
    expect(fetched).toHaveLength(2);
    model.setShown(false);
    stream.emit('job', event('trees'));
    await pass(1);
    expect(fetched).toHaveLength(2);
    model.setShown(true);
    await pass(1);
    expect(fetched).toHaveLength(3);
  });

  it('shows what becomes known of a job, without fetching the others', async () => {
    const before = model.runs;
    await jobs.get('a');
    expect(model.runs?.value('metrics.r2', 1)).toBe(0.9999);
    expect(before?.value('metrics.r2', 1)).toBe('metrics.r2 of a');
    const same = model.runs;
    await jobs.get('a');
    expect(model.runs).toBe(same);
    expect(fetched).toEqual([]);
  });
});
