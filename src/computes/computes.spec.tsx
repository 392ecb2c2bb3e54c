// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { ComputeInfo as Compute, ComputeNodes, ComputeSample, Job } from '../api';
import type { IResourceManager } from '../resources';
import { makeJob } from '../testing/jobs';
import { fakeServer, Refusal } from '../testing/server';
import { request } from './actions';
import { ComputeRow } from './ComputeRow';
import { ComputeView } from './ComputeView';
import { ComputeModel } from './model';

const TYPE = {
  schema: {},
  ui: {},
  description: '',
  stops: true,
  attached: false,
  scales: false,
  logs: true,
  unavailable: null
};

const SCHEMA = {
  properties: {
    memory: { title: 'Limit of memory', type: 'string' },
    mounts: {
      title: 'Mounts',
      items: { properties: { source: { title: 'Source' }, read_only: { title: 'Read only' } } }
    }
  }
};

const NODES: ComputeNodes = {
  nodes: [
    {
      id: 'n',
      name: 'node-1',
      state: 'running',
      host: null,
      python: '3.12.1',
      jobs: 2,
      kernels: 1,
      since: '2026-01-02T03:04:05Z',
      message: null
    }
  ],
  target: 1,
  message: null,
  dashboard: 'http://localhost:8787/status'
};

const makeCompute = (fields: Partial<Compute> = {}): Compute => ({
  name: 'box',
  description: null,
  created_at: '2026-01-02T03:04:05Z',
  archived: false,
  revision: 7,
  type: 'instance',
  slots: 2,
  price_per_hour: null,
  settings: { image: 'python:3.12-slim', memory: '4GB', cpus: null, mounts: [] },
  state: 'Running',
  message: null,
  changed_at: '2026-01-02T03:04:05Z',
  request: null,
  schedules_from: null,
  ...fields
});

const makeSample = (seconds: number, fields: Partial<ComputeSample> = {}): ComputeSample => ({
  time: 1_800_000_000 + seconds,
  cpu_percent: 25,
  memory_bytes: 2e9,
  memory_total_bytes: 4e9,
  gpu_percent: null,
  gpu_memory_bytes: 0,
  gpu_memory_total_bytes: 0,
  jobs: 1,
  kernels: 0,
  ...fields
});

/** Do something, and wait for what it starts. */
const settled = (something: () => unknown): Promise<void> =>
  act(async () => {
    something();
    await new Promise(done => setTimeout(done));
  });

describe('ComputeView', () => {
  let compute: Compute;
  let requests: string[];
  let model: ComputeModel;
  let changed: Signal<object, Compute>;
  let deleted: Signal<object, string>;
  const onRequest = vi.fn(() => Promise.resolve());
  const onEdit = vi.fn();
  const onDelete = vi.fn();
  const onOpenJob = vi.fn();
  let jobs: Job[];
  let samples: ComputeSample[];
  const jobsChanged = new Signal<object, void>({});
  const runningChanged = new Signal<object, unknown>({});
  const shutdown = vi.fn(() => Promise.resolve());
  const models = [
    { id: '1', name: 'jupyter-ml.box', execution_state: 'busy' },
    { id: '2', name: 'jupyter-ml.box.sklearn', execution_state: 'idle' },
    { id: '3', name: 'jupyter-ml.box2', execution_state: 'idle' },
    { id: '4', name: 'python3', execution_state: 'idle' }
  ];
  const openNotebook = vi.fn();
  const kernels = {
    runningChanged,
    shutdown,
    openNotebook,
    running: () => models.values(),
    titleOf: (name: string) => (name === 'jupyter-ml.box' ? 'Python (box)' : name),
    notebookOf: (id: string) => (id === '2' ? 'train.ipynb' : undefined)
  };

  const show = async (): Promise<void> => {
    const server = fakeServer(({ path }) => {
      if (path.endsWith('/usage')) {
        const gpu = { id: '0', name: 'NVIDIA H100', percent: 40, memory_bytes: 1e9, memory_total_bytes: 8e9 };
        return { cpu_count: 2, cpu_percent: 25.4, memory_bytes: 2e9, memory_total_bytes: 4e9, gpus: [gpu] };
      }
      if (path.endsWith('/usage/series')) return { samples };
      if (path.endsWith('/compute-types')) {
        return [
          { ...TYPE, name: 'instance', title: 'Instance', schema: SCHEMA },
          { ...TYPE, name: 'local', title: 'Local', stops: false, logs: false },
          { ...TYPE, name: 'cluster', title: 'Cluster', scales: true },
          { ...TYPE, name: 'ssh', title: 'Machine over SSH', stops: false, attached: true }
        ];
      }
      if (path.endsWith('/nodes')) return NODES;
      if (path.endsWith('/queue')) return { queued: 0, running: 0, estimates: 20, right_estimates: 17 };
      if (path === '/jobs') return { items: jobs, total: jobs.length };
      if (path.endsWith('/log')) return { lines: ['agent: hello', 'agent: bye'] };
      throw new Refusal(404, 'not_found', `Not found: ${path}`);
    });
    requests = server.requests;
    changed = new Signal<object, Compute>({});
    deleted = new Signal<object, string>({});
    const watch = (): object => ({ dispose: () => undefined });
    const manager = { changed, deleted, watch, get: () => Promise.resolve(compute) };
    model = new ComputeModel(server.api, manager as unknown as IResourceManager<Compute>, compute.name, jobsChanged);
    render(
      <ComputeView
        model={model}
        kernels={kernels}
        onOpenJob={onOpenJob}
        onRequest={onRequest}
        onEdit={onEdit}
        onDelete={onDelete}
      />
    );
    await settled(() => model.load());
  };

  beforeEach(() => {
    // a chart without a width is not drawn: jsdom has no canvas
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(0);
    compute = makeCompute();
    jobs = [];
    samples = [makeSample(0), makeSample(10, { cpu_percent: 50 })];
    vi.clearAllMocks();
    return () => model.dispose();
  });

  it('shows the state, the usage and the settings that are set', async () => {
    await show();
    expect(screen.getByRole('status').textContent).toBe('Running');
    expect(screen.getByText('25% of 2')).toBeTruthy();
    expect(screen.getByText('python:3.12-slim')).toBeTruthy();
    expect(screen.getByText('17 of the last 20 estimates were right')).toBeTruthy();
    expect(screen.getByText('Limit of memory')).toBeTruthy();
    expect(screen.queryByText('cpus')).toBeNull();
    expect(screen.queryByText('Mounts')).toBeNull();
    const mounts = [{ source: '/data', read_only: true }];
    await settled(() => changed.emit(makeCompute({ settings: { mounts } })));
    expect(screen.getByText('Source: /data · Read only: yes')).toBeTruthy();
  });

  it('offers what its state allows', async () => {
    await show();
    expect(screen.queryByRole('button', { name: 'Start' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(onRequest).toHaveBeenCalledWith('stop');
    await settled(() => changed.emit(makeCompute({ state: 'Stopping' })));
    expect(screen.queryByRole('button', { name: /Start|Stop/ })).toBeNull();
    expect(screen.queryByText('25% of 2')).toBeNull();
    await settled(() => changed.emit(makeCompute({ state: 'Failed', message: 'the image cannot be pulled' })));
    expect(screen.getByText('the image cannot be pulled')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Start' }));
    expect(onRequest).toHaveBeenCalledWith('start');
    fireEvent.click(screen.getByRole('button', { name: 'Edit…' }));
    expect(onEdit).toHaveBeenCalledWith(model.compute);
    fireEvent.click(screen.getByRole('button', { name: 'Delete…' }));
    expect(onDelete).toHaveBeenCalled();
    await settled(() => deleted.emit('box'));
    expect(screen.getByText('box was deleted.')).toBeTruthy();
  });

  it('does not request the usage of a compute that does not run', async () => {
    compute = makeCompute({ state: 'Stopped' });
    await show();
    expect(requests.filter(request => /usage$|nodes/.test(request))).toEqual([]);
  });

  it('shows settings when their titles are known, though an event arrives before', async () => {
    await show();
    model.type = undefined;
    await settled(() => changed.emit(makeCompute()));
    expect(screen.queryByText('memory')).toBeNull();
    expect(screen.queryByRole('button', { name: 'Delete…' })).toBeNull();
    await settled(() => model.load());
    expect(screen.getByText('Limit of memory')).toBeTruthy();
  });

  it('shows the log when it is asked for', async () => {
    await show();
    await settled(() => fireEvent.click(screen.getByRole('button', { name: 'Show Log' })));
    expect(screen.getByLabelText('Log').textContent).toBe('agent: hello\nagent: bye');
  });

  it('has no actions for the local compute', async () => {
    compute = makeCompute({ name: 'local', type: 'local' });
    await show();
    expect(screen.queryByRole('button', { name: /Start|Stop|Delete/ })).toBeNull();
  });

  it('detaches what exists without Jupyter ML, and never stops it', async () => {
    compute = makeCompute({ type: 'ssh' });
    await show();
    expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Detach…' }));
    expect(onDelete).toHaveBeenCalled();
    await settled(() => changed.emit(makeCompute({ type: 'ssh', state: 'Failed' })));
    expect(screen.getByRole('button', { name: 'Start' })).toBeTruthy();
  });

  it('links to the jobs that run on it, and follows them', async () => {
    await show();
    expect(screen.getByText('No jobs run or wait.')).toBeTruthy();
    jobs = [makeJob('otter', { state: 'Running' })];
    jobsChanged.emit();
    fireEvent.click(await screen.findByRole('button', { name: 'otter' }));
    expect(onOpenJob).toHaveBeenCalledWith('otter');
  });

  it('shows its nodes with a link to the dashboard', async () => {
    compute = makeCompute({ type: 'cluster' });
    await show();
    await settled(() => model.poll(() => true));
    expect(screen.getByRole('row', { name: /node-1 Running 2 1/ })).toBeTruthy();
    expect(screen.getByText('1 now, 1 needed')).toBeTruthy();
    const link = screen.getByRole('link', { name: 'Open Dashboard' });
    expect(link.getAttribute('href')).toBe('http://localhost:8787/status');
    await settled(() => changed.emit(makeCompute({ type: 'cluster', state: 'Stopped' })));
    expect(screen.queryByRole('row')).toBeNull();
  });

  it('shows the kernels that run on it, and not those of others', async () => {
    await show();
    const list = within(screen.getByRole('region', { name: 'Kernels' }));
    expect(list.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
      'Python (box)busyShut Down',
      'train.ipynbidleShut Down'
    ]);
    expect(list.getByRole('button', { name: 'Shut down Python (box)' })).toBeTruthy();
    fireEvent.click(list.getByRole('button', { name: 'train.ipynb' }));
    expect(openNotebook).toHaveBeenCalledWith('train.ipynb');
  });

  it('shows the kernels of this machine for the local compute', async () => {
    compute = makeCompute({ name: 'local', type: 'local' });
    await show();
    const list = within(screen.getByRole('region', { name: 'Kernels' }));
    expect(list.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual(['python3idleShut Down']);
  });

  it('draws how busy it was in a period that is chosen, with gaps where nothing was measured', async () => {
    await show();
    expect(screen.getByRole('img', { name: 'Processors: 50%' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Memory: 2 GB' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Jobs: 1' })).toBeTruthy();
    expect(screen.queryByRole('img', { name: /GPU|Kernels/ })).toBeNull();
    samples = [];
    await settled(() => fireEvent.click(screen.getByRole('button', { name: 'Day' })));
    expect(requests.at(-1)).toBe('GET /computes/box/usage/series?seconds=86400&max_points=240');
    expect(screen.getByText('Nothing was measured in this time.')).toBeTruthy();
  });

  it('shows its GPUs, and the kernels on it over time', async () => {
    samples = [makeSample(0, { kernels: 2, gpu_percent: 12, gpu_memory_bytes: 1e9, gpu_memory_total_bytes: 8e9 })];
    await show();
    expect(screen.getByRole('img', { name: 'GPUs: 12%' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'GPU memory: 1 GB' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Kernels: 2' })).toBeTruthy();
    await settled(() => model.poll(() => true));
    expect(screen.getByText('40%, 1 GB of 8 GB (NVIDIA H100)')).toBeTruthy();
  });
});

it('shows name and state of a compute in a row', () => {
  render(<ComputeRow compute={makeCompute({ state: 'Creating' })} />);
  expect(screen.getByText('box')).toBeTruthy();
  expect(screen.getByText('Creating')).toBeTruthy();
});

it('requests what is done to a compute', async () => {
  const server = fakeServer(() => makeCompute());
  await request(server.api, 'restart', 'box');
  expect(server.requests).toEqual(['POST /computes/box/restart']);
});
