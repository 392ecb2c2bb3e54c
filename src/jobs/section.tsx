// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job, JobQuery } from '../api';
import { lazily } from '../components';
import type { ICommands, IResourceListProps } from '../resources';
import { makeResourceSection } from '../sidebar';
import type { ISidebar, ISidebarSection } from '../sidebar';
import type { IWorkspaceManager } from '../workspace';
import { JobCommands } from './commands';
import { jobReference } from './reference';
import { JobRows } from './rows';
import type { IJobManager, IJobSelection } from './tokens';

const JobSummary = lazily(async () => (await import('./JobSummary')).JobSummary);
const Queue = lazily(async () => (await import('./Queue')).Queue);
const ShownWorkspace = lazily(async () => (await import('./ShownWorkspace')).ShownWorkspace);
const JobRow = lazily(async () => (await import('./JobRow')).JobRow);
const JobDetail = lazily(async () => (await import('./JobRow')).JobDetail);

/** Create the section of the jobs. */
export function makeJobsSection(
  sidebar: ISidebar,
  jobs: IJobManager,
  selection: IJobSelection,
  workspace: IWorkspaceManager,
  commands: ICommands,
  trans: TranslationBundle
): ISidebarSection {
  const list = jobList(jobs, selection, commands, trans);
  const section = makeResourceSection(sidebar, {
    id: 'jobs',
    rank: 100,
    open: true,
    create: JobCommands.create,
    trans,
    summary: <JobSummary manager={workspace} />,
    ...list,
    empty: { ...list.empty, more: <ShownWorkspace manager={workspace} commands={commands} /> }
  });
  section.panel.addClass('jp-MLSection-jobs');
  return section;
}

/** Return how jobs are listed. */
export function jobList(
  jobs: IJobManager,
  selection: IJobSelection,
  commands: ICommands,
  trans: TranslationBundle
): IResourceListProps<Job, JobQuery> {
  const rows = new JobRows(jobs);
  return {
    kind: 'job',
    title: trans.__('Jobs'),
    rows,
    above: <Queue rows={rows} commands={commands} />,
    selection,
    noMatch: trans.__('No jobs match the filter.'),
    empty: {
      text: trans.__('A job runs a notebook or a command in the background and stores its results.'),
      action: trans.__('Run as Job…'),
      onAction: () => commands.execute(JobCommands.create)
    },
    onOpen: name => commands.execute(JobCommands.open, { name }),
    onDelete: names => commands.execute(JobCommands.delete, { names: [...names] }),
    renderRow: (job, around) => <JobRow job={job} around={around} rows={rows} commands={commands} />,
    renderDetail: job => <JobDetail job={job} />,
    textOf: job => jobReference([job.name])
  };
}
