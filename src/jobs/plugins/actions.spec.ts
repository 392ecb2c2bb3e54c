// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Job } from '../../api';
import { makeJob } from '../../testing/jobs';
import { fakeServer } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { JobCommands } from '../commands';
import { JobManager } from '../manager';
import { jobActions } from './actions';
import type { IJobAction } from './actions';
import { cancelQueued } from './operations';

describe('jobActions', () => {
  let requests: string[];
  let actions: IJobAction[];
  const opened = vi.fn();

  beforeEach(() => {
    Notification.dismiss();
    const server = fakeServer(({ path }) => (path.endsWith('/notebook') ? { cells: [] } : makeJob(path.split('/')[2])));
    requests = server.requests;
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
    [JobCommands.cancel, ['Queued', 'Running', 'NotResponding'], ['CancelRequested', 'Completed', 'Failed']],
    [JobCommands.delete, ['Completed', 'Failed', 'Canceled'], ['Queued', 'Running', 'Finalizing']],
    [JobCommands.archive, ['Completed', 'Failed', 'Canceled'], ['Queued', 'Running', 'Finalizing']]
  ] as const)('%s applies to the right states', (id, yes, no) => {
    const applies = (state: Job['state']): boolean => action(id).applies(makeJob('a', { state }));
    expect(yes.map(applies)).toEqual(yes.map(() => true));
    expect(no.map(applies)).toEqual(no.map(() => false));
  });

  it('only allows withdrawing the request of a job that is being deleted', () => {
    const kept = { requested_at: '2026-01-02T03:04:05Z', attempts: 1, error: 'the store is locked', retry_at: null };
    for (const archived of [false, true]) {
      const job = makeJob('a', { state: 'Completed', archived, request: { ...kept, kind: 'delete' } });
      expect(actions.filter(({ applies }) => applies(job)).map(({ id }) => id)).toEqual([JobCommands.withdraw]);
    }
  });

  it('does not cancel a job with another runner', () => {
    expect(action(JobCommands.cancel).applies(makeJob('a', { state: 'Running', runner: 'papermill' }))).toBe(false);
  });

  it('asks for confirmation before canceling a long job', async () => {
    const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();
    const [young, old] = [
      makeJob('young', { state: 'Running', started_at: ago(50) }),
      makeJob('old', {
        state: 'Running',
        started_at: ago(2 * 86_400 + 5),
        progress: { ...makeJob('').progress, cells_done: 6, cells_total: 7 }
      })
    ];
    await action(JobCommands.cancel).run([young]);
    await action(JobCommands.cancel).run([makeJob('waits')]);
    expect(requests).toEqual(['POST /jobs/young/cancel', 'POST /jobs/waits/cancel']);
    requests.length = 0;
    const first = action(JobCommands.cancel).run([old]);
    await screen.findByText('Cancel old?');
    expect(screen.getByText(/It has run for 2 days, with 6 of 7 cells done\. .* cannot be continued\./)).toBeTruthy();
    fireEvent.click(screen.getByText('Keep Running'));
    await first;
    expect(requests).toEqual([]);
    const second = action(JobCommands.cancel).run([young, old]);
    await screen.findByText('Cancel 2 jobs?');
    expect(screen.getByText(/^2 of them have run, for up to 2 days\./)).toBeTruthy();
    fireEvent.click(screen.getByText('Cancel 2 Jobs'));
    await second;
    expect(requests).toEqual(['POST /jobs/young/cancel', 'POST /jobs/old/cancel']);
  });

  it('always asks before canceling several jobs', async () => {
    const canceled = action(JobCommands.cancel).run([makeJob('a'), makeJob('b')]);
    await screen.findByText(/They have not started/);
    fireEvent.click(screen.getByText('Keep Running'));
    await canceled;
    expect(requests).toEqual([]);
  });

  it('cancels all queued jobs in one request, and reports those that could not be canceled', async () => {
    const { api, requests } = fakeServer(() => ({
      matched: 18,
      changed: 17,
      refused: [{ name: 'a', message: 'it has started' }]
    }));
    const jobs = new JobManager(api, new FakeStream().feed);
    const canceled = cancelQueued(18, jobs, nullTranslator.load('jupyter_ml'));
    fireEvent.click(await screen.findByText('Cancel 18 Jobs'));
    await expect(canceled).rejects.toThrow('a: it has started');
    expect(requests).toEqual(['POST /jobs:cancel?states=NotStarted&states=Queued']);
  });

  it('asks for confirmation before deleting', async () => {
    const first = action(JobCommands.delete).run([makeJob('a')]);
    fireEvent.click(await screen.findByText('Cancel'));
    await first;
    expect(requests).toEqual([]);
    const second = action(JobCommands.delete).run([makeJob('a'), makeJob('b')]);
    await screen.findByText('Delete 2 jobs?');
    expect([...document.querySelectorAll('.jp-MLDialog-jobs li')].map(({ textContent }) => textContent)).toEqual([
      'aa',
      'bb'
    ]);
    fireEvent.click(screen.getByText('Delete'));
    await second;
    expect(requests).toEqual(['DELETE /jobs/a', 'DELETE /jobs/b']);
  });

  it('names the run of a notebook that is deleted', async () => {
    const parameters = { alpha: 0.5, layers: [8, 4] };
    const job = notebook('/work/train.ipynb', { name: 'bold_owl_abc123', display_name: 'bold_owl', parameters });
    const deleted = action(JobCommands.delete).run([job]);
    await screen.findByText('Delete train bold_owl?');
    expect(document.querySelector('.jp-MLDialog-jobs')?.textContent).toBe(
      'train bold_owlbold_owl_abc123alpha 0.5 · layers [8,4]'
    );
    fireEvent.click(screen.getByText('Cancel'));
    await deleted;
    const many = action(JobCommands.delete).run(Array.from({ length: 10 }, (_, index) => makeJob(`job-${index}`)));
    expect(await screen.findByText('and 2 more')).toBeTruthy();
    fireEvent.click(screen.getByText('Cancel'));
    await many;
    expect(requests).toEqual([]);
  });

  it('archives, and restores on undo', async () => {
    await action(JobCommands.archive).run([makeJob('a', { state: 'Completed' })]);
    const [{ message, options }] = Notification.manager.notifications;
    expect(message).toBe('a is archived');
    options.actions?.[0].callback(new MouseEvent('click'));
    await waitFor(() => expect(requests).toEqual(['POST /jobs/a/archive', 'POST /jobs/a/restore']));
  });

  it('opens the executed notebook in place, and writes nothing', async () => {
    await action(JobCommands.openExecutedNotebook).run([notebook('/home/me/work/train.ipynb')]);
    expect(opened).toHaveBeenCalledWith('jupyter-ml-jobs:otter/train-otter.ipynb');
    expect(requests).toEqual([]);
  });
});
