// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job, JobQuery } from '../api';
import type { ICommands, IResourceListProps } from '../resources';
import { JobCommands } from './commands';
import { JobDetail, JobRow } from './JobRow';
import { Queue } from './Queue';
import { jobReference } from './reference';
import { JobRows } from './rows';
import type { IJobManager, IJobSelection } from './tokens';

/** Return how jobs are listed. */
export async function jobList(
  jobs: IJobManager,
  selection: IJobSelection,
  commands: ICommands,
  trans: TranslationBundle
): Promise<IResourceListProps<Job, JobQuery>> {
  const rows = await JobRows.create(jobs);
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
