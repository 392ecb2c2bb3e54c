// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { render } from '@testing-library/react';
import { vi } from 'vitest';

import type { AttemptEvent, Job, OutsideFiles } from '../api';
import { JobCommands } from '../jobs/commands';
import { JobManager } from '../jobs/manager';
import { ToolsContext } from '../jobs/panel/context';
import { JobView } from '../jobs/panel/JobView';
import { JobModel } from '../jobs/panel/model';
import { withUntrustedSVG } from '../jobs/panel/svg';
import { makeJob } from './jobs';
import { fakeServer, Refusal } from './server';
import { FakeStream } from './stream';

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
export const EVENTS = [
  { type: 'executor_started', pid: 1, cells: [0, 1] },
  { type: 'cell_started', cell: 0 },
  { type: 'output', cell: 0, output: { output_type: 'stream', name: 'stdout', text: 'hello\n' } },
  { type: 'output', cell: 0, output: { output_type: 'display_data', data: { 'text/html': EVIL }, metadata: {} } },
  { type: 'cell_finished', cell: 0, state: 'completed', duration_s: 2, execution_count: 1 },
  { type: 'cell_started', cell: 1 },
  { type: 'cell_finished', cell: 1, state: 'failed', duration_s: 0.02, execution_count: 2 },
  { type: 'ended', state: 'Failed' }
].map(event => ({ time: 1, ...event })) as unknown as AttemptEvent[];

/** A job that failed in its second cell. */
export const FAILED: Partial<Job> = {
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

/** The panel of a job, and what the server returns about the job. */
export class JobPanel {
  constructor() {
    for (const id of [JobCommands.cancel, JobCommands.withdraw, JobCommands.rerun]) {
      this._commands.addCommand(id, {
        describedBy: { args: { type: 'object', properties: {} } },
        execute: args => void this.executed.push(args.name)
      });
    }
    HTMLElement.prototype.scrollIntoView = vi.fn();
    const { api, requests } = fakeServer(({ method, path, body }) => this._respond(method, path, body));
    this.requests = requests;
    this._jobs = new JobManager(api, this.stream.feed);
  }

  job = makeJob('a', FAILED);
  outside: OutsideFiles | null = null;
  run: object | null = null;
  models: object[] = [];
  gone: string | null = null;
  /** What of its files cannot be read. */
  problems: string[] = [];
  readonly stream = new FakeStream();
  readonly executed: unknown[] = [];
  readonly changes: unknown[] = [];
  readonly requests: string[];
  readonly openSource = vi.fn();

  show(name = 'a'): JobModel {
    const model = new JobModel(this._jobs, name, event => (event.type === 'ended' ? 'over' : null));
    const rendermime = withUntrustedSVG(new RenderMimeRegistry({ initialFactories: standardRendererFactories }));
    const tools = { rendermime, commands: this._commands, languages: null, openSource: this.openSource, open: vi.fn() };
    render(
      <ToolsContext.Provider value={tools}>
        <JobView model={model} />
      </ToolsContext.Provider>
    );
    return model;
  }

  private _respond(method: string, path: string, body: unknown): unknown {
    if (method === 'PATCH') {
      const { tags, ...fields } = body as Partial<Job>;
      this.changes.push(body);
      const set = Object.entries({ ...this.job.tags, ...tags }).filter(([, value]) => value !== null);
      return (this.job = { ...this.job, ...fields, tags: Object.fromEntries(set) });
    }
    if (path.endsWith('/notebook')) return NOTEBOOK;
    if (path.endsWith('/run') && this.run) return this.run;
    if (path.endsWith('/models')) return { items: this.models };
    if (path.endsWith('/usage')) {
      return {
        points: [
          [0, 10, 1e6],
          [1000, 90, 4.1e8]
        ]
      };
    }
    if (path.endsWith('/files')) return { items: [], truncated: false, outside: this.outside, problems: this.problems };
    if (path.endsWith('/events') && this.gone) {
      return { attempt: 1, events: [], shortened: [], offset: 0, complete: true, problem: this.gone };
    }
    if (path.endsWith('/events')) return { attempt: 1, events: EVENTS, shortened: [], offset: 9, complete: true };
    if (path.endsWith('/jobs')) return { items: [], total: 0 };
    if (path !== '/jobs/a') throw new Refusal(404, 'not_found', 'there is no such job');
    return this.job;
  }

  private readonly _commands = new CommandRegistry();
  private readonly _jobs: JobManager;
}
