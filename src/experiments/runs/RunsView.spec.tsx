// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Experiment, Job } from '../../api';
import { TransContext } from '../../hooks';
import { JobManager } from '../../jobs/manager';
import { SavedFilters } from '../../sidebar';
import { makeExperiment, makeJob } from '../../testing/jobs';
import { fakeServer, Refusal } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { WorkspaceManager } from '../../workspace';
import { RunsModel } from './model';
import { RunsView } from './RunsView';

const COLUMNS: Record<string, unknown[]> = {
  name: ['a', 'b', 'c'],
  starred: [false, false, true],
  display_name: ['first', 'second', 'third'],
  state: ['Completed', 'Failed', 'Completed'],
  created_at: [3, 2, 1],
  duration_s: [1, 2, 3],
  source: ['/data/Trees.ipynb', '/data/Trees.ipynb', 'python train.py'],
  description: [null, null, 'a note'],
  'parameters.alpha': [0.1, 0.1, 0.5],
  'metrics.rmse': [2, null, 1]
};

describe('RunsView', () => {
  const trans = nullTranslator.load('');
  const onOpen = vi.fn();
  const onCompare = vi.fn();
  const onDownload = vi.fn();
  let stream: FakeStream;
  let model: RunsModel;
  let jobs: JobManager;
  let requests: string[];
  let experiment: Experiment;
  let refusal: Refusal | null;
  let stored: Job;

  beforeEach(async () => {
    stream = new FakeStream();
    experiment = makeExperiment('trees', { view: null });
    refusal = null;
    stored = makeJob('a', {
      display_name: 'first',
      state: 'Completed',
      metrics: { rmse: 2 },
      description: 'from then'
    });
    const server = fakeServer(({ method, path, query, body }) => {
      if (refusal) throw refusal;
      if (path.startsWith('/filters')) {
        const error = query.get('filter') === 'foo:bar' ? "unknown key 'foo'" : null;
        return { completions: [], error, incomplete: false, kinds: ['job'], notice: null };
      }
      if (path === '/jobs/a') {
        if (method === 'PATCH') stored = { ...stored, ...(body as Partial<Job>), revision: stored.revision + 1 };
        return stored;
      }
      if (method === 'PATCH') return (experiment = { ...experiment, ...(body as Partial<Experiment>) });
      if (path.endsWith('/run-columns')) {
        return {
          items: [
            { column: 'parameters.alpha', runs: 3, differs: true, series: false },
            { column: 'metrics.rmse', runs: 2, differs: true, series: false }
          ],
          runs: 3,
          primary_metric: 'rmse'
        };
      }
      if (!path.endsWith('/runs')) return experiment;
      const known = new Set(['name', 'display_name', 'state', 'created_at', ...query.getAll('columns')]);
      const rows = query.has('filter') ? [2] : [0, 1, 2];
      const columns = Object.entries(COLUMNS).filter(([column]) => known.has(column));
      return {
        columns: Object.fromEntries(columns.map(([column, values]) => [column, rows.map(row => values[row])])),
        total: rows.length
      };
    });
    requests = server.requests;
    jobs = new JobManager(server.api, stream.feed);
    model = new RunsModel(server.api, stream.feed, jobs, 'trees');
    render(
      <TransContext.Provider value={trans}>
        <RunsView
          model={model}
          workspace={new WorkspaceManager(server.api, stream.feed)}
          saved={new SavedFilters()}
          onOpen={onOpen}
          onCompare={onCompare}
          onCopyLink={vi.fn()}
          onDownload={onDownload}
        />
      </TransContext.Provider>
    );
    await screen.findByText('first');
  });

  afterEach(() => {
    cleanup();
    model.dispose();
    jobs.dispose();
    vi.clearAllMocks();
  });

  const names = (): string[] =>
    screen.getAllByRole('row').flatMap(row => /first|second|third/.exec(row.textContent)?.[0] ?? []);
  const headers = (): string[] => screen.getAllByRole('columnheader').map(each => each.textContent.replace('★', ''));

  it('shows what differs, and marks the best value', () => {
    expect(headers()).toEqual(['', 'Name', 'Source', 'rmse', 'alpha', 'Duration', 'Created', 'Note']);
    expect(screen.getByRole('row', { name: /third/ }).textContent).toContain('★ 1');
    expect(names()).toEqual(['first', 'second', 'third']);
    expect(screen.getAllByRole('gridcell', { name: 'Trees.ipynb' }).map(({ title }) => title)).toEqual([
      '/data/Trees.ipynb',
      '/data/Trees.ipynb'
    ]);
  });

  it('sorts by a column, best first, and saves the view with the experiment', async () => {
    fireEvent.click(screen.getByRole('button', { name: /^rmse/ }));
    expect(names()).toEqual(['third', 'first', 'second']);
    fireEvent.click(screen.getByRole('button', { name: /^rmse/ }));
    expect(names()).toEqual(['first', 'third', 'second']);
    await waitFor(() => expect(experiment.view).toMatchObject({ sort: 'metrics.rmse', descending: true }));
  });

  it('shows the table, the charts or both, and saves the choice with the experiment', async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Charts' }));
    expect(screen.queryByRole('grid')).toBeNull();
    await waitFor(() => expect(experiment.view?.layout).toBe('charts'));
    await model.load();
    expect(screen.getByRole('button', { name: 'Charts' }).getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Table' }));
    expect(screen.queryByRole('button', { name: 'Add a chart' })).toBeNull();
    expect(screen.getByRole('grid')).toBeTruthy();
  });

  it('groups runs, and hides those of a group that is closed', () => {
    fireEvent.change(screen.getByLabelText('Group by'), { target: { value: 'parameters.alpha' } });
    const [group] = screen.getAllByRole('button', { name: /alpha: / });
    expect(group.textContent).toBe('alpha: 0.12 runsrmse: best 2, median 2');
    fireEvent.click(group);
    expect(names()).toEqual(['third']);
  });

  it('stars a run, without fetching the others again', async () => {
    const before = requests.length;
    fireEvent.click(screen.getAllByRole('button', { name: 'Star' })[1]); // the first is the heading
    await waitFor(() => expect(screen.getAllByRole('button', { name: 'Star', pressed: true })).toHaveLength(2));
    expect(requests.slice(before).filter(request => /jobs|runs/.test(request))).toEqual(['PATCH /jobs/a']);
  });

  it('edits a note in its cell', async () => {
    fireEvent.click(screen.getAllByRole('button', { name: 'Edit Note' })[0]);
    const input = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Note' });
    expect(input.value).toBe('from then');
    fireEvent.change(input, { target: { value: 'best so far' } });
    fireEvent.keyDown(input, { key: 'Enter', ctrlKey: true });
    expect(await within(screen.getByRole('grid')).findByText('best so far')).toBeTruthy();
    expect(onOpen).not.toHaveBeenCalled();
  });

  it('fetches what the commands of the context menu apply to, before it opens', async () => {
    const known: unknown[] = [];
    const onContextMenu = ({ target }: Event): unknown =>
      known.push((target as Element).closest<HTMLElement>('[data-ml-job]')?.dataset.mlJob, jobs.peek('a')?.state);
    document.addEventListener('contextmenu', onContextMenu);
    const [cell] = screen.getAllByRole('gridcell', { name: 'Trees.ipynb' });
    fireEvent.mouseDown(cell, { button: 2 });
    expect(fireEvent.contextMenu(cell)).toBe(false);
    await waitFor(() => expect(known).toEqual(['a', 'Completed']));
    document.removeEventListener('contextmenu', onContextMenu);
  });

  it('hides a column', () => {
    fireEvent.click(screen.getByRole('button', { name: 'Columns' }));
    fireEvent.click(screen.getByRole('checkbox', { name: 'Duration' }));
    expect(headers()).toEqual(['', 'Name', 'Source', 'rmse', 'alpha', 'Created', 'Note']);
  });

  it('compares what is selected by keyboard', () => {
    const grid = screen.getByRole('grid');
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'ArrowDown', shiftKey: true });
    fireEvent.click(screen.getByRole('button', { name: 'Compare 2' }));
    expect(onCompare).toHaveBeenCalledWith(['a', 'b']);
    fireEvent.keyDown(grid, { key: 'Enter' });
    expect(onOpen).toHaveBeenCalledWith('b');
  });

  it('marks the bars of the selected runs, and selects those of bars', () => {
    const bars = (): (string | null)[] =>
      screen.getAllByRole('button', { name: /^alpha=/ }).map(bar => bar.getAttribute('aria-current'));
    expect(bars()).toEqual(['false', 'false']);
    fireEvent.mouseDown(screen.getByRole('row', { name: /third/ }));
    expect(bars()).toEqual(['false', 'true']);
    fireEvent.click(screen.getAllByRole('button', { name: /^alpha=/ })[0]);
    expect(bars()).toEqual(['true', 'false']);
    expect(screen.getByRole('row', { name: /first/ }).getAttribute('aria-selected')).toBe('true');
  });

  it('keeps the focus of the keyboard', async () => {
    const grid = screen.getByRole('grid');
    const filter = screen.getByRole('combobox', { name: 'Filter runs' });
    filter.focus();
    fireEvent.keyDown(filter, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(grid);

    const more = screen.getByRole('button', { name: 'Menu of column Duration' });
    more.focus();
    fireEvent.click(more);
    const menu = await waitFor(() => document.querySelector('.lm-Menu')!);
    fireEvent.keyDown(menu, { keyCode: 27 });
    await waitFor(() => expect(document.activeElement).toBe(more));

    fireEvent.click(screen.getByRole('button', { name: 'Add a chart' }));
    const type = screen.getByLabelText('Type');
    expect(document.activeElement).toBe(type);
    fireEvent.keyDown(type, { key: 'Escape' });
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a chart' }));
    const charts = screen.getAllByRole('button', { name: /^Remove the chart of/ });
    fireEvent.click(charts[0]);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a chart' }));
    expect(screen.getAllByRole('button', { name: /^Remove the chart of/ })).toHaveLength(charts.length - 1);
  });

  it('filters on the server, and exports what is shown', async () => {
    const filter = screen.getByRole('combobox', { name: 'Filter runs' });
    fireEvent.change(filter, { target: { value: 'foo:bar' } });
    expect(await screen.findByText("unknown key 'foo'")).toBeTruthy();
    expect(names()).toHaveLength(3);
    fireEvent.change(filter, { target: { value: 'third' } });
    await waitFor(() => expect(names()).toEqual(['third']));
    expect(requests.at(-1)).toMatch(/^GET \/experiments\/trees\/runs\?filter=third/);
    fireEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    expect(onDownload).toHaveBeenCalledWith(
      'starred,name,display_name,source,metrics.rmse,parameters.alpha,duration_s,created_at,description\r\n' +
        'true,c,third,python train.py,1,0.5,3,1970-01-01T00:00:01.000Z,a note\r\n',
      'trees.csv'
    );
  });

  it('shows an error, and keeps the runs', async () => {
    refusal = new Refusal(503, 'unavailable', 'the database is locked');
    void model.load();
    expect((await screen.findByRole('alert')).textContent).toContain('the database is locked');
    expect(names()).toEqual(['first', 'second', 'third']);
  });
});
