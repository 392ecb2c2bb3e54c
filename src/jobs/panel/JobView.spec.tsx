// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { AttemptEvent, Job, OutsideFiles } from '../../api';
import { makeJob } from '../../testing/jobs';
import { fakeServer, Refusal } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { JobCommands } from '../commands';
import { JobManager } from '../manager';
import { JobView } from './JobView';
import { JobModel } from './model';
import { withUntrustedSVG } from './svg';
import { ToolsContext } from './context';

const EVIL = '<b>bold</b><script>window.hacked = 1</script><img src="x" onerror="window.hacked = 2">';
const NOTEBOOK = {
  metadata: { kernelspec: { name: 'python3', language: 'python' } },
  cells: ['a = 1', '1 / 0'].map((source, cell) => ({
    id: `cell-${cell}`,
    cell_type: 'code',
    source,
    metadata: { jupyter_ml: { cell } }
  }))
};
const EVENTS = [
  { type: 'executor_started', pid: 1, cells: [0, 1] },
  { type: 'cell_started', cell: 0 },
  { type: 'output', cell: 0, output: { output_type: 'stream', name: 'stdout', text: 'hello\n' } },
  { type: 'output', cell: 0, output: { output_type: 'display_data', data: { 'text/html': EVIL }, metadata: {} } },
  { type: 'cell_finished', cell: 0, state: 'completed', duration_s: 2, execution_count: 1 },
  { type: 'cell_started', cell: 1 },
  { type: 'cell_finished', cell: 1, state: 'failed', duration_s: 0.02, execution_count: 2 },
  { type: 'ended', state: 'Failed' }
].map(event => ({ time: 1, ...event })) as unknown as AttemptEvent[];

const FAILED: Partial<Job> = {
  state: 'Failed',
  attempt: 1,
  started_at: '2026-01-02T03:04:05Z',
  ended_at: '2026-01-02T03:04:47Z',
  spec: { type: 'notebook', notebook: '/root/train.ipynb' } as Job['spec'],
  metrics: { r2: 0.481 },
  cause: {
    kind: 'exception',
    message: 'Cell 2 raised ZeroDivisionError.',
    hint: 'Check the divisor.',
    cell: 1,
    cell_source: '1 / 0',
    exception: 'ZeroDivisionError',
    value: 'division by zero',
    traceback: ['line 1'],
    signal: null,
    exit_code: null
  }
};

const NAMES = { display_name: 'a', experiment_name: 'default' };

describe('JobView', () => {
  let job: Job;
  let stream: FakeStream;
  let jobs: JobManager;
  let commands: CommandRegistry;
  let executed: unknown[];
  let changes: unknown[];
  let requests: string[];
  let outside: OutsideFiles | null;
  const openSource = vi.fn();
  let run: object | null;
  let models: object[];
  let gone: string | null;

  beforeEach(() => {
    job = makeJob('a', FAILED);
    stream = new FakeStream();
    executed = [];
    outside = null;
    [run, models, gone] = [null, [], null];
    commands = new CommandRegistry();
    for (const id of [JobCommands.cancel, JobCommands.withdraw, JobCommands.rerun]) {
      commands.addCommand(id, {
        describedBy: { args: { type: 'object', properties: {} } },
        execute: args => void executed.push(args.name)
      });
    }
    HTMLElement.prototype.scrollIntoView = vi.fn();
    changes = [];
    let api;
    ({ api, requests } = fakeServer(({ method, path, body }) => {
      if (method === 'PATCH') {
        const { tags, ...fields } = body as Partial<Job>;
        changes.push(body);
        const set = Object.entries({ ...job.tags, ...tags }).filter(([, value]) => value !== null);
        return (job = { ...job, ...fields, tags: Object.fromEntries(set) });
      }
      if (path.endsWith('/notebook')) return NOTEBOOK;
      if (path.endsWith('/run') && run) return run;
      if (path.endsWith('/models')) return { items: models };
      if (path.endsWith('/usage')) {
        return {
          points: [
            [0, 10, 1e6],
            [1000, 90, 4.1e8]
          ]
        };
      }
      if (path.endsWith('/files')) return { items: [], truncated: false, outside, problems: [] };
      if (path.endsWith('/events') && gone) {
        return { attempt: 1, events: [], shortened: [], offset: 0, complete: true, problem: gone };
      }
      if (path.endsWith('/events')) return { attempt: 1, events: EVENTS, shortened: [], offset: 9, complete: true };
      if (path.endsWith('/jobs')) return { items: [], total: 0 };
      if (path !== '/jobs/a') throw new Refusal(404, 'not_found', 'there is no such job');
      return job;
    }));
    jobs = new JobManager(api, stream.feed);
  });

  const show = (name = 'a'): JobModel => {
    const model = new JobModel(jobs, name, event => (event.type === 'ended' ? 'over' : null));
    const rendermime = withUntrustedSVG(new RenderMimeRegistry({ initialFactories: standardRendererFactories }));
    render(
      <ToolsContext.Provider value={{ rendermime, commands, languages: null, openSource, open: vi.fn() }}>
        <JobView model={model} />
      </ToolsContext.Provider>
    );
    return model;
  };

  it('shows the cause of a failure and its cell first', async () => {
    show();
    const cause = await screen.findByLabelText('Cause');
    for (const text of [
      'Cell 2 raised ZeroDivisionError.',
      'ZeroDivisionError: division by zero',
      'Check the divisor.'
    ]) {
      expect(within(cause).getByText(text)).toBeTruthy();
    }
    expect(cause.querySelector('.jp-MLSource')?.textContent).toBe('1 / 0');
    expect(cause.querySelector('details')?.open).toBe(false);
    expect(screen.getByText('0.481')).toBeTruthy();
    expect(await screen.findByRole('img', { name: /Memory.*410 MB/ })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('fetches no notebook of a command', async () => {
    job = makeJob('a', { type: 'command', state: 'Completed', attempt: 1 });
    const start = { type: 'kernel_started', pid: 1, kernel_name: null } as unknown as AttemptEvent;
    EVENTS.unshift(start);
    const model = show();
    await waitFor(() => expect(model.log.lines).not.toEqual([]));
    EVENTS.shift();
    expect(requests.filter(request => request.includes('/notebook'))).toEqual([]);
  });

  it('opens the cell that failed in its notebook', async () => {
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Edit the cell in its notebook' }));
    expect(openSource).toHaveBeenCalledWith(
      '/root/train.ipynb',
      'a',
      expect.objectContaining({ index: 1, id: 'cell-1', source: '1 / 0' })
    );
    fireEvent.click(within(screen.getByLabelText('Cause')).getByRole('button', { name: 'Run again' }));
    expect(executed).toEqual(['a']);
    fireEvent.click(screen.getByRole('button', { name: 'Show its output' }));
    expect(screen.getByRole('tab', { name: 'Notebook' }).getAttribute('aria-selected')).toBe('true');
  });

  it('shows a segment for each cell, which scrolls to the cell', async () => {
    show();
    const failed = await screen.findByRole('button', { name: /Cell 2 of 2 · Failed · 20 ms/ });
    expect(screen.getByRole('button', { name: /Cell 1 of 2 · Completed · 2 sec/ })).toBeTruthy();
    fireEvent.click(failed);
    expect(screen.getByRole('tab', { name: 'Notebook' }).getAttribute('aria-selected')).toBe('true');
    expect(document.querySelector('.jp-MLCell[data-position="1"]')?.className).toContain('jp-mod-failed');
    expect(HTMLElement.prototype.scrollIntoView).toHaveBeenCalled();
  });

  it('shows outputs without running scripts', async () => {
    const model = show();
    act(() => model.setTab('notebook'));
    await waitFor(() => expect(document.querySelector('.jp-OutputArea')?.textContent).toContain('hello'));
    await waitFor(() => expect(document.querySelector('.jp-OutputArea b')?.textContent).toBe('bold'));
    expect(document.querySelector('.jp-OutputArea script, .jp-OutputArea [onerror]')).toBeNull();
    expect('hacked' in window).toBe(false);
    expect(screen.getByText(/a script, which does not run here/)).toBeTruthy();
  });

  it('switches tabs by arrow key, and shows the log', async () => {
    const model = show();
    const tab = await screen.findByRole('tab', { name: 'Overview' });
    fireEvent.keyDown(tab, { key: 'ArrowLeft' });
    expect(model.tab).toBe('outputs');
    expect(await screen.findByText('The job has no files.')).toBeTruthy();
    act(() => model.setTab('logs'));
    expect(await screen.findByText('1 line')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Search in the log'), { target: { value: 'HELLO' } });
    expect(screen.getByText('1 of 1')).toBeTruthy();
  });

  it('shows how far the running cell is', async () => {
    const bar = { label: 'epochs', done: 36, total: 100, unit: 'it' };
    const progress = { cells_done: 1, cells_total: 9, cell: 1, prompt: 7, bar };
    job = makeJob('a', { ...FAILED, state: 'Running', ended_at: null, cause: null, progress });
    show();
    expect(await screen.findByText(/cell \[7\] \(2 of 9\) · epochs 36%/)).toBeTruthy();
  });

  it('changes name, note and tags', async () => {
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Edit Name' }));
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'best so far' } });
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Enter' });
    expect((await screen.findAllByText('best so far')).length).toBeGreaterThan(0);
    fireEvent.click(screen.getByRole('button', { name: 'Edit Note' }));
    fireEvent.change(screen.getByLabelText('Note'), { target: { value: 'try a *smaller* penalty' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('try a *smaller* penalty'); // the tests have no markdown parser
    const input = screen.getByLabelText('Add a tag: key=value');
    fireEvent.change(input, { target: { value: 'team = red=blue' } });
    fireEvent.submit(input);
    fireEvent.click(await screen.findByRole('button', { name: 'Remove the tag team' }));
    await waitFor(() => expect(screen.queryByText('team=red=blue')).toBeNull());
    expect(changes).toEqual([
      { display_name: 'best so far' },
      { description: 'try a *smaller* penalty' },
      { tags: { team: 'red=blue' } },
      { tags: { team: null } }
    ]);
  });

  it('shows tags that MLflow sets in a closed list', async () => {
    job = makeJob('a', { ...FAILED, tags: { team: 'blue', 'mlflow.parentRunId': '0f', 'mlflow.source.name': 'x' } });
    show();
    await screen.findByText('team=blue');
    const system = screen.getByText('mlflow.source.name').closest('details');
    expect(system?.open).toBe(false);
    expect(screen.getByText('team=blue').closest('details')).toBeNull();
  });

  it('shows what was logged with MLflow: parameters, tags, datasets and models', async () => {
    job = makeJob('a', { ...FAILED, run_id: '0f', parameters: { alpha: 1 } });
    run = {
      run_id: '0f',
      ui_path: '/jupyter-ml/mlflow/#/experiments/0/runs/0f',
      parameters: { alpha: '1', by_hand: '5' },
      tags: { team: 'blue' },
      datasets: [
        {
          name: 'patients',
          digest: 'c6',
          context: 'train',
          source_type: 'code',
          source: '{}',
          profile: { num_rows: 3 }
        }
      ]
    };
    const model = {
      path: 'model',
      name: 'model',
      uri: 'models:/m-1',
      model_id: 'm-1',
      status: 'READY',
      model_type: null
    };
    const signature = { inputs: [{ name: 'age', type: 'double', required: true }], outputs: [], params: [] };
    models = [
      {
        ...model,
        flavors: { python_function: '3.11', sklearn: '1.9' },
        signature,
        size_bytes: 7_000,
        created_at: null,
        problem: null
      }
    ];
    show();
    const parameters = (await screen.findByText('Logged parameters')).closest('section');
    expect(parameters?.textContent).toBe('Logged parametersby_hand5');
    expect(screen.getByText('train · 3 rows · code · c6')).toBeTruthy();
    const card = screen.getByRole('article', { name: 'Model model' });
    for (const text of ['sklearn 1.9', '7 kB', 'double']) expect(within(card).getByText(text)).toBeTruthy();
    expect(screen.getByText('team=blue')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy 0f' })).toBeTruthy();
    const link = screen.getByRole<HTMLAnchorElement>('link', { name: 'Open in MLflow' });
    expect(link.href).toBe('http://localhost/jupyter-ml/mlflow/#/experiments/0/runs/0f');
  });

  it('can be canceled while it runs', async () => {
    job = makeJob('a', { ...FAILED, state: 'Running', ended_at: null, cause: null });
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
    expect(executed).toEqual(['a']);
  });

  it('shows the time left that the server estimates', async () => {
    const eta_at = new Date(Date.now() + 95_000).toISOString();
    job = makeJob('a', { ...FAILED, state: 'Running', ended_at: null, cause: null, eta_at });
    show();
    expect(await screen.findByText(/about 1 min 30 sec left/)).toBeTruthy();
  });

  it('shows warnings with links to their cells', async () => {
    const hint = 'Log it with another name.';
    job = makeJob('a', { ...FAILED, warnings: [{ message: 'MAP@k was not stored <b>', hint, cell: 1 }] });
    show();
    const warnings = await screen.findByLabelText('Warnings');
    expect(within(warnings).getByText('MAP@k was not stored <b>')).toBeTruthy();
    expect(within(warnings).getByText(hint)).toBeTruthy();
    fireEvent.click(await within(warnings).findByRole('button', { name: 'Show the cell in the notebook' }));
    expect(screen.getByRole('tab', { name: 'Notebook' }).getAttribute('aria-selected')).toBe('true');
  });

  it('shows why a delete request is pending, and withdraws it', async () => {
    const error = 'the store is locked';
    const request = { kind: 'delete', requested_at: '2026-01-02T03:04:05Z', attempts: 2, error } as const;
    job = makeJob('a', { ...FAILED, request: { ...request, retry_at: '2026-01-02T03:05:05Z' } });
    show();
    expect((await screen.findByText(/cannot be deleted yet/)).textContent).toMatch(
      /: the store is locked\. The next attempt is at/
    );
    fireEvent.click(screen.getByRole('button', { name: 'Withdraw delete request' }));
    expect(executed).toEqual(['a']);
  });

  it('lists files that were written outside of outputs/', async () => {
    const lost = { path: 'result.csv', size_bytes: 3_000, new: true, kept: false };
    const kept = { path: 'code.py', size_bytes: 20, new: false, kept: true };
    outside = { items: [lost, kept], count: 5, size_bytes: 9_000, truncated: false };
    const model = show();
    act(() => model.setTab('outputs'));
    const list = await screen.findByLabelText('Files outside outputs/');
    expect(within(list).getByText('result.csv (3 kB) was written outside outputs/')).toBeTruthy();
    expect(within(list).getByText(/code.py \(20 bytes\), a file of the code, was modified and is kept/)).toBeTruthy();
    expect(list.textContent).toContain('and 3 more');
    expect(list.textContent).toContain('keep_files');
  });

  it('follows the first attempt once it starts', async () => {
    job = makeJob('a', { spec: FAILED.spec });
    const model = show();
    await screen.findByText('Queued', { selector: 'span' });
    expect(model.attempt).toBeNull();
    job = makeJob('a', FAILED);
    act(() =>
      stream.emit('job', { name: 'a', type: 'job_state_changed', data: { ...NAMES, state: 'Running', attempt: 1 } })
    );
    expect(model.attempt).toBe(1);
    await screen.findByText('Failed', { selector: 'span' });
  });

  it('keeps the data of a deleted job, without further requests', async () => {
    show();
    await screen.findByText('Failed', { selector: 'span' });
    await screen.findByRole('button', { name: /Cell 2/ });
    act(() => stream.emit('job', { name: 'a', type: 'job_deleted', data: { state: 'Failed' } }));
    expect(screen.getByRole('status').textContent).toContain('was deleted');
    expect(screen.getByRole('button', { name: /Cell 2/ })).toBeTruthy();
  });

  it('shows that the directory of the job is gone, above what is still known', async () => {
    gone = 'the directory of job a is gone';
    show();
    expect((await screen.findByText(gone)).closest('[role=alert]')).toBeTruthy();
    expect(screen.getByLabelText('Cause').textContent).toContain('Cell 2 raised ZeroDivisionError.');
    for (const tab of ['Notebook', 'Logs', 'Outputs']) {
      fireEvent.click(screen.getByRole('tab', { name: tab }));
      expect(screen.getByText(gone)).toBeTruthy();
    }
  });

  it('shows the error if the job cannot be loaded', async () => {
    show('b');
    expect(await screen.findByText('there is no such job')).toBeTruthy();
  });
});
