// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { makeSection } from '../resources';
import type { ISidebar, ISidebarSection } from '../sidebar';
import type { IWorkspaceManager } from '../workspace';
import { parseFilter } from './filter';
import { JobList } from './JobList';
import { JobSummary } from './JobSummary';
import type { IJobManager, IJobSelection } from './tokens';

/** Create the section of the jobs. */
export function makeJobsSection(
  sidebar: ISidebar,
  jobs: IJobManager,
  selection: IJobSelection,
  workspace: IWorkspaceManager,
  commands: CommandRegistry,
  trans: TranslationBundle
): ISidebarSection {
  const rows = jobs.window();
  const panel = makeSection({
    title: trans.__('Jobs'),
    trans,
    body: <JobList rows={rows} selection={selection} commands={commands} />,
    summary: <JobSummary manager={workspace} />
  });
  sidebar.filterChanged.connect((_, filter) => rows.setQuery(parseFilter(filter)), panel);
  panel.disposed.connect(() => rows.dispose());
  return { id: 'jobs', rank: 100, panel, open: true };
}
