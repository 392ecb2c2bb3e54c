// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Job } from '../api';
import { CommandIDs } from '../commands';
import { JobManager } from '../managers';
import { makeJob } from '../testing/jobs';
import { fakeServer } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { jobActions } from './jobActions';
import type { IJobAction } from './jobActions';

describe('jobActions', () => {
  let asked: string[];
  let actions: IJobAction[];
  const opened = vi.fn();

  beforeEach(() => {
    Notification.dismiss();
    const server = fakeServer(({ path }) => (path.endsWith('/notebook') ? { cells: [] } : makeJob(path.split('/')[2])));
    asked = server.asked;
    actions = jobActions({
      jobs: new JobManager(server.api, new FakeStream().feed),
      open: path => Promise.resolve(opened(path)),
      trans: nullTranslator.load('jupyter_ml')
    });
  });

  const action = (id: string): IJobAction => actions.find(each => each.id === id) as IJobAction;

  const notebook = (path: string, fields: Partial<Job> = {}): Job =>
    makeJob('otter', { spec: { type: 'notebook', notebook: path } as Job['spec'], attempt: 1, ...fields });

  it.each([
    [CommandIDs.cancelJob, ['Queued', 'Running', 'NotResponding'], ['CancelRequested', 'Completed', 'Failed']],
    [CommandIDs.deleteJob, ['Completed', 'Failed', 'Canceled'], ['Queued', 'Running', 'Finalizing']]
  ] as const)('%s suits the states in which it makes sense', (id, yes, no) => {
    const suits = (state: Job['state']): boolean => action(id).suits(makeJob('a', { state }));
    expect(yes.map(suits)).toEqual(yes.map(() => true));
    expect(no.map(suits)).toEqual(no.map(() => false));
  });

  it('only takes the delete back of a job that is being deleted', () => {
    const kept = { requested_at: '2026-01-02T03:04:05Z', attempts: 1, error: 'the store is locked', retry_at: null };
    for (const archived of [false, true]) {
      const job = makeJob('a', { state: 'Completed', archived, request: { ...kept, kind: 'delete' } });
      expect(actions.filter(({ suits }) => suits(job)).map(({ id }) => id)).toEqual([CommandIDs.withdrawRequest]);
    }
  });

  it('does not cancel what somebody else runs', () => {
    expect(action(CommandIDs.cancelJob).suits(makeJob('a', { state: 'Running', runner: 'papermill' }))).toBe(false);
  });

  it('asks before it ends what has run for long, and ends nothing without a yes', async () => {
    const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();
    const [young, old] = [
      makeJob('young', { state: 'Running', started_at: ago(50) }),
      makeJob('old', { state: 'Running', started_at: ago(2 * 86_400 + 5) })
    ];
    await action(CommandIDs.cancelJob).run([young, makeJob('waits')]);
    expect(asked).toEqual(['POST /jobs/young/cancel', 'POST /jobs/waits/cancel']);
    asked.length = 0;
    const first = action(CommandIDs.cancelJob).run([old]);
    await screen.findByText('Cancel old?');
    expect(screen.getByText(/It has run for 2 days\./)).toBeTruthy();
    fireEvent.click(screen.getByText('Keep Running'));
    await first;
    expect(asked).toEqual([]);
    const second = action(CommandIDs.cancelJob).run([young, old]);
    await screen.findByText('Cancel 2 jobs?');
    fireEvent.click(screen.getByText('Cancel 2 Jobs'));
    await second;
    expect(asked).toEqual(['POST /jobs/young/cancel', 'POST /jobs/old/cancel']);
  });

  it('asks before it deletes, and deletes nothing without a yes', async () => {
    const first = action(CommandIDs.deleteJob).run([makeJob('a')]);
    fireEvent.click(await screen.findByText('Cancel'));
    await first;
    expect(asked).toEqual([]);
    const second = action(CommandIDs.deleteJob).run([makeJob('a'), makeJob('b')]);
    await screen.findByText('Delete 2 jobs?');
    fireEvent.click(screen.getByText('Delete'));
    await second;
    expect(asked).toEqual(['DELETE /jobs/a', 'DELETE /jobs/b']);
  });

  it('archives, and takes it back when asked to', async () => {
    await action(CommandIDs.archiveJob).run([makeJob('a')]);
    const [{ message, options }] = Notification.manager.notifications;
    expect(message).toBe('a is archived');
    options.actions?.[0].callback(new MouseEvent('click'));
    await waitFor(() => expect(asked).toEqual(['POST /jobs/a/archive', 'POST /jobs/a/restore']));
  });

  it('opens the executed notebook where it lies, and writes nothing', async () => {
    await action(CommandIDs.openExecutedNotebook).run([notebook('/home/me/work/train.ipynb')]);
    expect(opened).toHaveBeenCalledWith('jupyter-ml-jobs:otter/train-otter.ipynb');
    expect(asked).toEqual([]);
  });
});
