// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import { vi } from 'vitest';

import type { Experiment, Job } from '../api';
import { RunsModel } from '../experiments/runs/model';
import { RunsView } from '../experiments/runs/RunsView';
import { TransContext } from '../hooks';
import { JobManager } from '../jobs/manager';
import { SavedFilters } from '../sidebar';
import { WorkspaceManager } from '../workspace';
import { makeExperiment, makeJob } from './jobs';
import { fakeServer } from './server';
import type { Refusal } from './server';
import { FakeStream } from './stream';

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

const KNOWN = {
  items: [
    { column: 'parameters.alpha', runs: 3, differs: true, series: false },
    { column: 'metrics.rmse', runs: 2, differs: true, series: false }
  ],
  runs: 3,
  primary_metric: 'rmse'
};

/** The table and charts of an experiment of three runs, whose server is fake. */
export class RunsPage {
  /** Render the view, and wait until its runs are shown. */
  static async render(): Promise<RunsPage> {
    const page = new RunsPage();
    render(
      <TransContext.Provider value={nullTranslator.load('')}>
        <RunsView
          model={page.model}
          workspace={page._workspace}
          saved={new SavedFilters()}
          onOpen={page.onOpen}
          onCompare={page.onCompare}
          onCopyLink={vi.fn()}
          onDownload={page.onDownload}
        />
      </TransContext.Provider>
    );
    await screen.findByText('first');
    return page;
  }

  private constructor() {
    this.requests = this._server.requests;
    this.jobs = new JobManager(this._server.api, this._stream.feed);
    this._workspace = new WorkspaceManager(this._server.api, this._stream.feed);
    this.model = new RunsModel(this._server.api, this._stream.feed, this.jobs, 'trees');
  }

  readonly onOpen = vi.fn();
  readonly onCompare = vi.fn();
  readonly onDownload = vi.fn();
  readonly model: RunsModel;
  readonly jobs: JobManager;
  readonly requests: string[];
  /** The experiment as it is stored. */
  experiment: Experiment = makeExperiment('trees', { view: null });
  /** What the server refuses all requests with. */
  refusal: Refusal | null = null;

  /** Return the names of the runs in the order of their rows. */
  names(): string[] {
    return screen.getAllByRole('row').flatMap(row => /first|second|third/.exec(row.textContent)?.[0] ?? []);
  }

  headers(): string[] {
    return screen.getAllByRole('columnheader').map(each => each.textContent.replace('★', ''));
  }

  dispose(): void {
    this.model.dispose();
    this.jobs.dispose();
  }

  private _job: Job = makeJob('a', {
    display_name: 'first',
    state: 'Completed',
    metrics: { rmse: 2 },
    description: 'from then'
  });
  private readonly _workspace: WorkspaceManager;
  private readonly _stream = new FakeStream();
  private readonly _server = fakeServer(({ method, path, query, body }) => {
    if (this.refusal) throw this.refusal;
    if (path.startsWith('/filters')) {
      const error = query.get('filter') === 'foo:bar' ? "unknown key 'foo'" : null;
      return { completions: [], error, incomplete: false, kinds: ['job'], notice: null };
    }
    if (path === '/jobs/a') {
      if (method === 'PATCH') this._job = { ...this._job, ...(body as Partial<Job>), revision: this._job.revision + 1 };
      return this._job;
    }
    if (method === 'PATCH') return (this.experiment = { ...this.experiment, ...(body as Partial<Experiment>) });
    if (path.endsWith('/run-columns')) return KNOWN;
    if (!path.endsWith('/runs')) return this.experiment;
    const known = new Set(['name', 'display_name', 'state', 'created_at', ...query.getAll('columns')]);
    const rows = query.has('filter') ? [2] : [0, 1, 2];
    const columns = Object.entries(COLUMNS).filter(([column]) => known.has(column));
    return {
      columns: Object.fromEntries(columns.map(([column, values]) => [column, rows.map(row => values[row])])),
      total: rows.length
    };
  });
}
