// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import type { JupyterFrontEnd } from '@jupyterlab/application';
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
import plugins from './notifications';

let stream: FakeStream;
const opened = vi.fn();

beforeEach(() => {
  Notification.dismiss();
  opened.mockReset();
  const { api } = fakeServer(({ path }) =>
    path === '/jobs/bad'
      ? makeJob('bad', { state: 'Failed', cause: { message: 'Cell 2 raised ZeroDivisionError.' } as Job['cause'] })
      : makeJob('good', { state: 'Completed', started_at: '2026-01-02T03:04:05Z', ended_at: '2026-01-02T03:04:46Z' })
  );
  stream = new FakeStream();
  const commands = new CommandRegistry();
  commands.addCommand(JobCommands.open, { execute: args => void opened(args), describedBy: { args: {} } });
  const app = { commands } as unknown as JupyterFrontEnd;
  const services = [new Commands(commands, null, nullTranslator.load('')), new JobManager(api, stream.feed), null];
  void plugins[0].activate(app, nullTranslator, ...services);
});

afterEach(() => Notification.dismiss());

const end = (name: string, state: Job['state']): void =>
  stream.emit('job', { name, type: 'job_state_changed', data: { state, attempt: 1, display_name: name } });

const messages = (): string[] => Notification.manager.notifications.map(({ type, message }) => `${type}: ${message}`);

it('notifies about a completed job, with a button to open it', async () => {
  end('good', 'Completed');
  await vi.waitFor(() => expect(messages()).toEqual(['success: good completed in 41 sec']), { timeout: 2_000 });
  Notification.manager.notifications[0].options.actions?.[0].callback(new MouseEvent('click'));
  expect(opened).toHaveBeenCalledWith({ name: 'good' });
});

it('notifies about a failed job with its cause, permanently', async () => {
  end('bad', 'Failed');
  await vi.waitFor(() => expect(messages()).toEqual(['error: bad failed: Cell 2 raised ZeroDivisionError.']), {
    timeout: 2_000
  });
  expect(Notification.manager.notifications[0].options.autoClose).toBe(false);
});

it('summarizes jobs that end at about the same time, and ignores other changes', async () => {
  end('other', 'Running');
  for (let job = 0; job < 20; job++) end(`job${job}`, job % 5 ? 'Completed' : 'Failed');
  await vi.waitFor(() => expect(messages()).toEqual(['warning: 16 jobs completed, 4 failed']), {
    timeout: 2_000
  });
});
