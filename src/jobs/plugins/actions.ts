// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import { deleteIcon, notebookIcon, stopIcon } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';

import type { Job } from '../../api';
import { JobCommands } from '../commands';
import { notebookPath } from '../drive';
import { isFinal } from '../state';
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
      run: async unended => (await import('./operations')).cancel(unended, tools)
    },
    {
      id: JobCommands.star,
      label: trans.__('Star Job'),
      caption: trans.__('Mark the job, to find it by is:starred'),
      applies: job => !job.starred && !isDeleting(job),
      run: each(job => jobs.update(job.name, { starred: true }))
    },
    {
      id: JobCommands.unstar,
      label: trans.__('Remove Star'),
      applies: job => job.starred && !isDeleting(job),
      run: each(job => jobs.update(job.name, { starred: false }))
    },
    {
      id: JobCommands.archive,
      label: trans.__('Archive Job'),
      caption: trans.__('Remove the job from lists, and keep its data'),
      applies: job => !job.archived && isFinal(job.state) && !isDeleting(job),
      run: async archived => (await import('./operations')).archive(archived, tools)
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
      run: async ended => (await import('./operations')).remove(ended, tools)
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
