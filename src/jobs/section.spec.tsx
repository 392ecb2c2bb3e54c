// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Job } from '../api';
import { Commands, ResourceList, Selection } from '../resources';
import { makeJob } from '../testing/jobs';
import { fakeServer, Refusal } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { JobCommands } from './commands';
import { JobManager } from './manager';
import { jobReference } from './reference';
import { jobList } from './list';

describe('jobReference', () => {
  it('returns code that runs', () => {
    expect(jobReference(['calm_fox', 'otter'])).toBe(
      'import jupyter_ml\njupyter_ml.Workspace.open().jobs.get("calm_fox")\njupyter_ml.Workspace.open().jobs.get("otter")'
    );
  });
});

describe('the list of jobs', () => {
  let stored: Job[];
  let away = false;
  let requests: string[];
  let stream: FakeStream;
  let selection: Selection;
  const executed = vi.fn();

  const show = async (): Promise<HTMLElement> => {
    const server = fakeServer(({ query }) => {
      if (away) throw new Refusal(503, 'unavailable', 'The workspace is away');
      const [limit, offset] = [Number(query.get('limit')), Number(query.get('offset'))];
      const states = query.getAll('states');
      const found = stored.filter(job => job.name.includes(query.get('search') ?? '') && states.includes(job.state));
      return { items: found.slice(offset, offset + limit), total: found.length };
    });
    stream = new FakeStream();
    requests = server.requests;
    const jobs = new JobManager(server.api, stream.feed);
    const commands = new CommandRegistry();
    for (const id of Object.values(JobCommands)) {
      commands.addCommand(id, { execute: args => void executed(id, args), describedBy: { args: {} } });
    }
    const trans = nullTranslator.load('jupyter_ml');
    const list = await jobList(jobs, selection, new Commands(commands, null, trans), trans);
    const { rows } = list;
    render(<ResourceList {...list} />);
    await waitFor(() => expect(rows.total ?? rows.error).not.toBeNull());
    if (rows.total) await waitFor(() => expect(document.querySelector('.jp-MLRow-name')).not.toBeNull());
    return screen.getByRole('listbox');
  };

  const names = (list: HTMLElement): (string | undefined)[] =>
    within(list)
      .getAllByRole('option')
      .map(row => row.dataset.name);

  beforeEach(() => {
    executed.mockReset();
    away = false;
    selection = new Selection();
    stored = ['a', 'b', 'c', 'd'].map(name => makeJob(name, { state: 'Completed' }));
  });

  it('shows state, status and age of a job as text', async () => {
    const old = new Date(Date.now() - 180_500).toISOString();
    stored = [
      makeJob('run', {
        state: 'Running',
        progress: { cells_done: 6, cells_total: 12, cell: 7, prompt: null, bar: null },
        started_at: old
      }),
      makeJob('trains', {
        state: 'Running',
        progress: { ...makeJob('').progress, cells_total: 9, bar: { label: 'epochs', done: 36, total: 99, unit: 'it' } }
      }),
      makeJob('done', {
        state: 'Completed',
        metrics: { mae: 1, r2: 0.481234 },
        primary_metric: 'r2',
        ended_at: old
      }),
      makeJob('bad', {
        state: 'Failed',
        cause: { exception: 'ZeroDivisionError', message: 'division' } as Job['cause']
      }),
      makeJob('gone', { state: 'NotResponding' })
    ];
    const list = await show();
    const text = (name: string): string => within(list).getByText(name).closest('[role=option]')?.textContent ?? '';
    expect(text('run')).toBe('Runningruncell7/123m');
    expect(text('trains')).toContain('epochs36%');
    expect(text('done')).toBe('Completeddoner20.4813m');
    expect(text('bad')).toContain('ZeroDivisionError');
    expect(within(list).getByRole('img', { name: 'Not responding' })).toBeTruthy();
  });

  it('shows the notebook and what differs instead of a generated name', async () => {
    const spec = { type: 'notebook', notebook: '/w/train.ipynb' } as Job['spec'];
    const run = (name: string, alpha: number, fields: Partial<Job> = {}): Job =>
      makeJob(`${name}_k3f9x2`, { display_name: name, spec, parameters: { alpha, seed: 7 }, ...fields });
    stored = [
      run('bold_otter', 0.1, { state: 'Completed', metrics: { accuracy: 0.9999 }, primary_metric: 'accuracy' }),
      run('calm_fox', 0.5, { display_name: 'best so far', state: 'Failed' })
    ];
    const list = await show();
    const [first, second] = within(list).getAllByRole('option');
    expect(first.textContent).toContain('train alpha 0.1accuracy0.9999');
    expect(second.textContent).toContain('best so far alpha 0.5');
    expect(first.querySelector('.jp-MLRow-name')?.getAttribute('title')).toBe('train\nbold_otter\nalpha 0.1\nseed 7');
    act(() => selection.set([stored[0].name]));
    expect(await within(list).findByText('bold_otter · train.ipynb · default · alpha 0.1 · seed 7')).toBeTruthy();
  });

  it('shows what runs first, then the queue in its order, and what has ended', async () => {
    const soon = new Date(Date.now() + 125_000).toISOString();
    stored = [
      makeJob('done', { state: 'Completed' }),
      ...Array.from({ length: 5 }, (_, index) => makeJob(`wait${index}`)),
      makeJob('runs', { state: 'Running', eta_at: soon })
    ];
    const list = await show();
    expect(names(list)).toEqual(['runs', 'wait0', 'wait1', 'wait2', 'done']);
    expect(within(list).getByText('wait0').closest('[role=option]')?.textContent).toContain('#1 in~2 min');
    expect(within(list).getByText('wait2').closest('[role=option]')?.textContent).toContain('queued#3');
    expect(screen.getByText('5 queued')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(names(list)).toHaveLength(7);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel all' }));
    expect(executed).toHaveBeenCalledWith(JobCommands.cancelQueued, {});
    stored[2] = makeJob('wait1', { priority: 'high' });
    act(() => stream.feed.refresh());
    await waitFor(() => expect(within(list).queryByText('#3')).toBeNull());
  });

  it('renders only visible rows', async () => {
    stored = Array.from({ length: 100_000 }, (_, index) => makeJob(`job${index}`, { state: 'Completed' }));
    const list = await show();
    const rows = within(list).getAllByRole('option');
    expect(rows.length).toBeLessThan(40);
    expect(rows[0].getAttribute('aria-setsize')).toBe('100000');
  });

  it('supports the keyboard', async () => {
    const list = await show();
    const press = (key: string, options = {}): boolean => fireEvent.keyDown(list, { key, ...options });
    press('ArrowDown');
    press('ArrowDown');
    expect(selection.names).toEqual(['b']);
    expect(list.getAttribute('aria-activedescendant')).toBe(within(list).getAllByRole('option')[1].id);
    press('ArrowDown', { shiftKey: true });
    expect(selection.names).toEqual(['b', 'c']);
    press('End');
    expect(selection.names).toEqual(['d']);
    press('Enter');
    press('Delete');
    expect(executed.mock.calls).toEqual([
      [JobCommands.open, { name: 'd' }],
      [JobCommands.delete, { names: ['d'] }]
    ]);
    press('Escape');
    expect(selection.names).toEqual([]);
  });

  it('opens the menu of the active row by keyboard', async () => {
    const list = await show();
    const requests = vi.fn();
    document.addEventListener('contextmenu', event => requests((event.target as HTMLElement).dataset.name), {
      once: true
    });
    act(() => selection.set(['c']));
    fireEvent.contextMenu(list);
    expect(requests.mock.calls).toEqual([['c']]);
  });

  it('selects by click, and opens by double click', async () => {
    const list = await show();
    const row = (name: string): HTMLElement => within(list).getByText(name);
    fireEvent.mouseDown(row('a'));
    fireEvent.mouseDown(row('c'), { ctrlKey: true });
    expect(selection.names).toEqual(['a', 'c']);
    fireEvent.mouseDown(row('c'), { button: 2 });
    expect(selection.names).toEqual(['a', 'c']);
    fireEvent.mouseDown(row('d'), { button: 2 });
    expect(selection.names).toEqual(['d']);
    fireEvent.doubleClick(row('b'));
    expect(executed).toHaveBeenCalledWith(JobCommands.open, { name: 'b' });
  });

  it('shows a second line for a single selected job', async () => {
    const spec = { type: 'notebook', notebook: '/home/me/train.ipynb' } as Job['spec'];
    stored = [makeJob('a', { spec, parameters: { alpha: 0.5 } }), makeJob('b')];
    const list = await show();
    act(() => selection.set(['a']));
    expect(await within(list).findByText('train.ipynb · default · alpha 0.5')).toBeTruthy();
    act(() => selection.set(['a', 'b']));
    expect(within(list).queryByText('train.ipynb · default · alpha 0.5')).toBeNull();
  });

  it('shows the time left that the server estimates', async () => {
    const progress = { cells_done: 1, cells_total: 2, cell: 1, prompt: null, bar: null };
    const later = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
    stored = [makeJob('a', { state: 'Running', progress, eta_at: later(22) })];
    const list = await show();
    act(() => selection.set(['a']));
    await within(list).findByText('about 20 sec left · MLflow · default');
    act(() => stream.emit('job_progress', { name: 'a', attempt: 1, progress, eta_at: later(12) }));
    await within(list).findByText('about 10 sec left · MLflow · default');
    expect(requests.filter(each => each.includes('/duration-estimate'))).toEqual([]);
  });

  it('marks warnings and pending requests', async () => {
    const pending = { requested_at: '2026-01-02T03:04:05Z', attempts: 0, error: null, retry_at: null };
    stored = [
      makeJob('warned', { state: 'Completed', warnings: [{ message: 'x.csv was not kept', hint: null, cell: null }] }),
      makeJob('going', { state: 'Completed', request: { ...pending, kind: 'delete' } }),
      makeJob('stuck', { state: 'Completed', request: { ...pending, kind: 'delete', error: 'the store is locked' } }),
      makeJob('runs', { state: 'Running', request: { ...pending, kind: 'cancel', error: 'no answer' } })
    ];
    const list = await show();
    const text = (name: string): string => within(list).getByText(name).closest('[role=option]')?.textContent ?? '';
    expect(within(list).getByRole('img', { name: '1 warning' }).textContent).toBe('x.csv was not kept');
    expect(text('going')).toContain('deleting');
    expect(text('stuck')).toContain('delete failed');
    expect(within(list).getByTitle('the store is locked')).toBeTruthy();
    expect(text('runs')).toContain('cancel failed');
  });

  it('marks a child run', async () => {
    stored = [makeJob('fold1', { state: 'Completed', parent: 'search' }), makeJob('search', { state: 'Completed' })];
    const list = await show();
    const row = within(list).getByText('fold1').closest('[role=option]') as HTMLElement;
    expect(within(row).getByRole('img', { name: 'Child of search' })).toBeTruthy();
    expect(within(list).getAllByRole('img', { name: /Child of/ })).toHaveLength(1);
  });

  it('shows markup in names and causes as text', async () => {
    const nasty = '<img src=x onerror="window.stolen = 1"><b>bold</b>';
    const turned = '\u202egnp.exe';
    stored = [
      makeJob('b', { display_name: turned }),
      makeJob('a', { display_name: nasty, state: 'Failed', cause: { message: nasty } as Job['cause'] })
    ];
    const list = await show();
    expect(within(list).getAllByText(nasty)).toHaveLength(2);
    expect(list.querySelector('img, b')).toBeNull();
    expect(within(list).getByText('\\u202egnp.exe')).toBeTruthy();
  });

  it('follows the events', async () => {
    const list = await show();
    act(() =>
      stream.emit('job', {
        name: 'b',
        type: 'job_state_changed',
        data: { state: 'Running', attempt: 1, display_name: 'b' }
      })
    );
    expect(within(list).getByRole('img', { name: 'Running' })).toBeTruthy();
    stored.unshift(makeJob('new'));
    act(() =>
      stream.emit('job', {
        name: 'new',
        type: 'job_created',
        data: { state: 'Queued', attempt: 0, display_name: 'new' }
      })
    );
    await waitFor(() => expect(names(list)[0]).toBe('new'));
  });

  it('shows what to do if there are no jobs', async () => {
    stored = [];
    await show();
    fireEvent.click(screen.getByRole('button', { name: 'Run as Job…' }));
    expect(executed).toHaveBeenCalledWith(JobCommands.create, {});
  });

  it('shows an error, and tries again on request', async () => {
    away = true;
    await show();
    expect((await screen.findByRole('alert')).textContent).toContain('The workspace is away');
    away = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByText('a');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
