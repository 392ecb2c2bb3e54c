// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../../api';
import type { Job } from '../../api';
import { errorText, formatDuration, visible } from '../../components';
import { labelOf } from '../naming';
import { elapsed } from '../state';
import type { IJobManager } from '../tokens';
import { JobsBody } from './JobsBody';

/** Services that the operations use. */
export interface IOperationTools {
  jobs: IJobManager;
  trans: TranslationBundle;
}

const each =
  (act: (job: Job) => Promise<unknown>) =>
  (jobs: Job[]): Promise<unknown> =>
    Promise.all(jobs.map(act));

/** A job that has run for longer is canceled after confirmation only, and several jobs always. */
const LONG_S = 60;

/** Cancel jobs, after confirmation if something would be lost. */
export async function cancel(jobs: Job[], { jobs: manager, trans }: IOperationTools): Promise<void> {
  const longest = Math.max(...jobs.map(job => elapsed(job, Date.now()) ?? 0));
  if (longest > LONG_S || jobs.length > 1) {
    const answer = await showDialog({
      title: trans._n('Cancel %2?', 'Cancel %1 jobs?', jobs.length, visible(labelOf(jobs[0]))),
      body: <JobsBody jobs={jobs} text={whatIsLost(jobs, longest, trans)} trans={trans} />,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Keep Running') }),
        Dialog.warnButton({ label: trans._n('Cancel Job', 'Cancel %1 Jobs', jobs.length) })
      ],
      defaultButton: 0
    });
    if (!answer.button.accept) return;
  }
  await each(job => manager.cancel(job.name))(jobs);
}

/** Return what is lost if these jobs are canceled. */
function whatIsLost(jobs: Job[], longest: number, trans: TranslationBundle): string {
  const { cells_done, cells_total } = jobs[0].progress;
  const started = jobs.filter(({ started_at }) => started_at !== null).length;
  if (!started) return trans.__('They have not started. They can be submitted again later.');
  if (jobs.length > 1) {
    return trans._n(
      'One of them has run for %2. Its logs and outputs so far are kept, but it cannot be continued.',
      '%1 of them have run, for up to %2. Their logs and outputs so far are kept, but they cannot be continued.',
      started,
      formatDuration(longest)
    );
  }
  const kept = trans.__('Its logs and outputs so far are kept, but it cannot be continued.');
  const far = cells_total
    ? trans.__('It has run for %1, with %2 of %3 cells done.', formatDuration(longest), cells_done, cells_total)
    : trans.__('It has run for %1.', formatDuration(longest));
  return `${far} ${kept}`;
}

/** Cancel all jobs that have not started, after confirmation. */
export async function cancelQueued(count: number, jobs: IJobManager, trans: TranslationBundle): Promise<void> {
  const answer = await showDialog({
    title: trans._n('Cancel the queued job?', 'Cancel %1 queued jobs?', count),
    body: trans.__('They have not started. They can be submitted again later.'),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep in Queue') }),
      Dialog.warnButton({ label: trans._n('Cancel Job', 'Cancel %1 Jobs', count) })
    ],
    defaultButton: 0
  });
  if (!answer.button.accept) return;
  const { refused } = await jobs.cancelAll({ states: ['NotStarted', 'Queued'] });
  if (refused.length) throw new Error(refused.map(({ name, message }) => `${name}: ${message}`).join('\n'));
}

/** Archive jobs, and offer to undo that. */
export async function archive(jobs: Job[], tools: IOperationTools): Promise<void> {
  const { trans } = tools;
  await each(job => tools.jobs.archive(job.name))(jobs);
  const message = trans._n('%2 is archived', '%1 jobs are archived', jobs.length, visible(labelOf(jobs[0])));
  const undo = (): void =>
    void each(job => tools.jobs.restore(job.name))(jobs).catch(reason =>
      Notification.error(errorText(ApiError.from(reason), trans))
    );
  Notification.info(message, { autoClose: 5_000, actions: [{ label: trans.__('Undo'), callback: undo }] });
}

/** Delete jobs, after confirmation. */
export async function remove(jobs: Job[], { jobs: manager, trans }: IOperationTools): Promise<void> {
  const text = trans._n(
    'Its outputs, logs, metrics and MLflow run are deleted permanently. Archive it to remove it from lists only.',
    'Their outputs, logs, metrics and MLflow runs are deleted permanently. Archive them to remove them from lists only.',
    jobs.length
  );
  const answer = await showDialog({
    title: trans._n('Delete %2?', 'Delete %1 jobs?', jobs.length, visible(labelOf(jobs[0]))),
    body: <JobsBody jobs={jobs} text={text} trans={trans} />,
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
  if (answer.button.accept) await each(job => manager.delete(job.name))(jobs);
}
