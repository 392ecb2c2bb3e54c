// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { deleteIcon, notebookIcon, stopIcon } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';

import { ApiError } from '../../api';
import type { Job } from '../../api';
import { errorText, formatDuration, visible } from '../../components';
import { JobCommands } from '../commands';
import { notebookPath } from '../drive';
import { titleOf } from '../naming';
import { elapsed, isFinal } from '../state';
import type { IJobManager } from '../tokens';

/** An operation on jobs. */
export interface IJobAction {
  id: string;
  label: string;
  caption?: string;
  icon?: LabIcon;
  /** Return whether the operation applies to a job. */
  applies: (job: Job) => boolean;
  run: (jobs: Job[]) => Promise<unknown>;
}

/** Services that the actions use. */
export interface IJobActionTools {
  jobs: IJobManager;
  /** Open a document, or activate and reload it. */
  open: (path: string) => Promise<unknown>;
  trans: TranslationBundle;
}

/** Return the operations on jobs that do not have a panel. */
export function jobActions(tools: IJobActionTools): IJobAction[] {
  const { jobs, open, trans } = tools;
  return [
    {
      id: JobCommands.openExecutedNotebook,
      label: trans.__('Open Executed Notebook'),
      caption: trans.__('Show the notebook with its outputs, read-only'),
      icon: notebookIcon,
      applies: job => job.spec?.type === 'notebook' && job.attempt > 0,
      run: each(job => open(notebookPath(job)))
    },
    {
      id: JobCommands.cancel,
      label: trans.__('Cancel Job'),
      icon: stopIcon,
      applies: job => !isFinal(job.state) && job.state !== 'CancelRequested' && job.runner === 'supervisor',
      run: unended => cancel(unended, tools)
    },
    {
      id: JobCommands.archive,
      label: trans.__('Archive Job'),
      caption: trans.__('Remove the job from lists, and keep its data'),
      applies: job => !job.archived && isFinal(job.state) && !isDeleting(job),
      run: archived => archive(archived, tools)
    },
    {
      id: JobCommands.restore,
      label: trans.__('Restore Job'),
      applies: job => job.archived && !isDeleting(job),
      run: each(job => jobs.restore(job.name))
    },
    {
      id: JobCommands.delete,
      label: trans.__('Delete Job…'),
      icon: deleteIcon,
      applies: job => isFinal(job.state) && job.request === null,
      run: ended => remove(ended, tools)
    },
    {
      id: JobCommands.withdraw,
      label: trans.__('Withdraw Request'),
      caption: trans.__('Withdraw a cancel or delete request that has not been carried out'),
      applies: job => job.request !== null,
      run: each(job => jobs.withdraw(job.name))
    }
  ];
}

const isDeleting = (job: Job): boolean => job.request?.kind === 'delete';

const each =
  (act: (job: Job) => Promise<unknown>) =>
  (jobs: Job[]): Promise<unknown> =>
    Promise.all(jobs.map(act));

/** A job that has run for longer is canceled after confirmation only, and several jobs always. */
const LONG_S = 60;

async function cancel(jobs: Job[], { jobs: manager, trans }: IJobActionTools): Promise<void> {
  const longest = Math.max(...jobs.map(job => elapsed(job, Date.now()) ?? 0));
  if (longest > LONG_S || jobs.length > 1) {
    const answer = await showDialog({
      title: trans._n('Cancel %2?', 'Cancel %1 jobs?', jobs.length, visible(titleOf(jobs[0]))),
      body: whatIsLost(jobs, longest, trans),
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

async function archive(jobs: Job[], tools: IJobActionTools): Promise<void> {
  const { trans } = tools;
  await each(job => tools.jobs.archive(job.name))(jobs);
  const message = trans._n('%2 is archived', '%1 jobs are archived', jobs.length, visible(titleOf(jobs[0])));
  const undo = (): void =>
    void each(job => tools.jobs.restore(job.name))(jobs).catch(reason =>
      Notification.error(errorText(ApiError.from(reason), trans))
    );
  Notification.info(message, { autoClose: 5_000, actions: [{ label: trans.__('Undo'), callback: undo }] });
}

async function remove(jobs: Job[], { jobs: manager, trans }: IJobActionTools): Promise<void> {
  const answer = await showDialog({
    title: trans._n('Delete %2?', 'Delete %1 jobs?', jobs.length, visible(titleOf(jobs[0]))),
    body: trans._n(
      'Its outputs, logs, metrics and MLflow run are deleted permanently. Archive it to remove it from lists only.',
      'Their outputs, logs, metrics and MLflow runs are deleted permanently. Archive them to remove them from lists only.',
      jobs.length
    ),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
  if (answer.button.accept) await each(job => manager.delete(job.name))(jobs);
}
