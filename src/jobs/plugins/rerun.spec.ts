// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { beforeEach, expect, it, vi } from 'vitest';

import type { Job } from '../../api';
import { Commands, Selection } from '../../resources';
import { makeJob } from '../../testing/jobs';
import { fakeServer } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { JobCommands } from '../commands';
import { JobManager } from '../manager';
import plugins from './rerun';
import { Targets } from './targets';

const save = vi.hoisted(() => vi.fn());
vi.mock('./saveDialog', () => ({ save }));

const spec = { type: 'notebook', notebook: '/root/a/train.ipynb' } as Job['spec'];
const stored: Record<string, Job> = {
  done: makeJob('done', { state: 'Failed', spec }),
  runs: makeJob('runs', { state: 'Running', spec }),
  hand: makeJob('hand', { state: 'Completed' })
};
const opened = vi.fn();
let commands: CommandRegistry;
let posted: unknown[];
let jobs: JobManager;

beforeEach(() => {
  [posted, commands] = [[], new CommandRegistry()];
  opened.mockReset();
  save.mockReset().mockResolvedValue(true);
  const { api } = fakeServer(({ method, path, body }) => {
    if (method === 'GET') return stored[path.split('/')[2]];
    posted.push([path, body]);
    return makeJob('next');
  });
  jobs = new JobManager(api, new FakeStream().feed);
  const trans = nullTranslator.load('jupyter_ml');
  const targets = new Targets(jobs, new Selection(), trans);
  const workspace = { workspace: { root: '/root' } };
  const app = { commands } as unknown as JupyterFrontEnd;
  void plugins[0].activate(app, nullTranslator, new Commands(commands, null, trans), jobs, targets, workspace, {});
  commands.addCommand(JobCommands.open, { execute: args => void opened(args), describedBy: { args: {} } });
});

it('runs the current version after saving it, and opens the job', async () => {
  await commands.execute(JobCommands.rerun, { name: 'done' });
  expect(save.mock.calls[0][0]).toBe('a/train.ipynb');
  expect(posted).toEqual([['/jobs/done/rerun', { snapshot: false }]]);
  expect(opened).toHaveBeenCalledWith({ name: 'next' });
});

it('runs nothing if the user does not save', async () => {
  save.mockResolvedValue(false);
  await commands.execute(JobCommands.rerun, { name: 'done' });
  expect(posted).toEqual([]);
});

it('runs the same code without saving', async () => {
  await commands.execute(JobCommands.rerunSnapshot, { name: 'done' });
  expect(save).not.toHaveBeenCalled();
  expect(posted).toEqual([['/jobs/done/rerun', { snapshot: true }]]);
});

it('is hidden for jobs that run, and for runs without a specification', async () => {
  for (const name of Object.keys(stored)) jobs.watch(name);
  await Promise.all(Object.keys(stored).map(name => jobs.get(name)));
  const shown = (name: string): boolean => commands.isVisible(JobCommands.rerun, { name });
  expect(['done', 'runs', 'hand'].map(shown)).toEqual([true, false, false]);
});
