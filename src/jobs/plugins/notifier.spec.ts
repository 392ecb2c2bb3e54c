// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import type { Job } from '../../api';
import { Commands } from '../../resources';
import { makeJob } from '../../testing/jobs';
import { fakeServer } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { JobCommands } from '../commands';
import { JobManager } from '../manager';
import { Notifier } from './notifier';

const trans = nullTranslator.load('jupyter_ml');
const opened = vi.fn();
const shown = new Set<string>();
let stream: FakeStream;
let stored: Map<string, Job>;
let active: Partial<Record<string, number>>;
let state: StateDB;
let notifier: Notifier;

beforeEach(() => {
  Notification.dismiss();
  opened.mockReset();
  shown.clear();
  stored = new Map();
  active = {};
  state = new StateDB();
  stream = new FakeStream();
  const commands = new CommandRegistry();
  commands.addCommand(JobCommands.open, { execute: args => void opened(args), describedBy: { args: {} } });
  notifier = make(commands);
});

function make(commands = new CommandRegistry()): Notifier {
  const { api } = fakeServer(({ path }) => {
    if (path === '/workspace') return { jobs: active };
    if (path === '/jobs') return { items: [...stored.values()], total: stored.size };
    return stored.get(path.split('/')[2]);
  });
  const jobs = new JobManager(api, stream.feed);
  const isVisible = (name: string): boolean => shown.has(name);
  return new Notifier({ jobs, commands: new Commands(commands, null, trans), state, isVisible, trans });
}

afterEach(() => Notification.dismiss());

const end = (name: string, state: Job['state'], fields: Partial<Job> = {}): void => {
  const times = { started_at: '2026-01-02T03:04:05Z', ended_at: '2026-01-02T03:04:46Z' };
  stored.set(name, makeJob(name, { state, ...times, ...fields }));
  const data = { state, attempt: 1, display_name: name, experiment_name: 'default' };
  stream.emit('job', { name, type: 'job_state_changed', data });
};

const messages = (): string[] => Notification.manager.notifications.map(({ type, message }) => `${type}: ${message}`);
const expectMessages = (...texts: string[]): Promise<void> => vi.waitFor(() => expect(messages()).toEqual(texts));

it('notifies about a completed job, with a button to open it', async () => {
  end('good', 'Completed');
  await expectMessages('success: good completed in 41 sec');
  Notification.manager.notifications[0].options.actions?.[0].callback(new MouseEvent('click'));
  expect(opened).toHaveBeenCalledWith({ name: 'good' });
});

it('notifies about a failed job with its cause, and not forever', async () => {
  end('bad', 'Failed', { cause: { message: 'Cell 2 raised ZeroDivisionError.' } as Job['cause'] });
  await expectMessages('error: bad failed: Cell 2 raised ZeroDivisionError.');
  expect(Notification.manager.notifications[0].options.autoClose).toBe(20_000);
});

it('does not notify about a job whose panel is visible, nor about other states', async () => {
  shown.add('seen');
  end('other', 'Running');
  end('seen', 'Completed');
  end('good', 'Completed');
  await expectMessages('success: good completed in 41 sec');
});

it('has one notification for a series of jobs, with its progress', async () => {
  active = { Running: 2, Queued: 17 };
  end('first', 'Completed');
  await expectMessages('success: first completed in 41 sec');
  active = { Running: 2, Queued: 10 };
  for (let job = 0; job < 7; job++) end(`job${job}`, job ? 'Completed' : 'Failed');
  await expectMessages('warning: 7 of 20 jobs completed, 1 failed');
  active = {};
  for (let job = 7; job < 19; job++) end(`job${job}`, 'Completed');
  await expectMessages('warning: 19 jobs completed, 1 failed');
  end('next', 'Completed');
  await expectMessages('success: next completed in 41 sec', 'warning: 19 jobs completed, 1 failed');
});

it('waits while the page is hidden', async () => {
  vi.useFakeTimers();
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  shown.add('good'); // its panel is not visible in a hidden page
  end('good', 'Completed');
  end('bad', 'Failed');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(messages()).toEqual([]);
  vi.useRealTimers();
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event('visibilitychange'));
  await expectMessages('warning: 1 job completed, 1 failed');
  hidden.mockRestore();
});

it('has a digest of what ended while the page was closed', async () => {
  end('old', 'Completed');
  await expectMessages('success: old completed in 41 sec');
  Notification.dismiss();
  await vi.waitFor(async () => expect(await state.fetch('jupyter-ml:notifications')).toBe('2026-01-02T03:04:46Z'));
  for (const [name, ended] of [
    ['a', 'Completed'],
    ['b', 'Completed'],
    ['c', 'Failed']
  ] as const) {
    stored.set(name, makeJob(name, { state: ended, ended_at: '2026-01-02T04:00:00Z' }));
  }
  await make().catchUp();
  expect(messages()).toEqual(['warning: While you were away: 2 jobs completed, 1 failed']);
  Notification.dismiss();
  await make().catchUp();
  expect(messages()).toEqual([]);
});

it('has no digest on the first start', async () => {
  stored.set('a', makeJob('a', { state: 'Completed', ended_at: '2026-01-02T04:00:00Z' }));
  await notifier.catchUp();
  expect(messages()).toEqual([]);
});

it('has a digest after a page that was closed before the first job ended', async () => {
  await notifier.catchUp();
  stored.set('a', makeJob('a', { state: 'Completed', ended_at: '2026-01-02T04:00:00Z' }));
  await make().catchUp();
  expect(messages()).toEqual([expect.stringContaining('a completed')]);
});

it('does not pretend to have counted more jobs than it fetched', async () => {
  await notifier.catchUp();
  for (let job = 0; job < 100; job++) {
    stored.set(`job${job}`, makeJob(`job${job}`, { state: 'Completed', ended_at: '2026-01-02T04:00:00Z' }));
  }
  await make().catchUp();
  expect(messages()).toEqual(['success: While you were away: 100 jobs completed, and others']);
});
