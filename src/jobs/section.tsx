// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import { lazily } from '../components';
import type { ICommands } from '../resources';
import { makeResourceSection } from '../sidebar';
import type { ISidebar, ISidebarSection } from '../sidebar';
import type { IWorkspaceManager } from '../workspace';
import { JobCommands } from './commands';
import type { IJobManager, IJobSelection } from './tokens';

const JobSummary = lazily(async () => (await import('./JobSummary')).JobSummary);
const ShownWorkspace = lazily(async () => (await import('./ShownWorkspace')).ShownWorkspace);

/** Create the section of the jobs. */
export function makeJobsSection(
  sidebar: ISidebar,
  jobs: IJobManager,
  selection: IJobSelection,
  workspace: IWorkspaceManager,
  commands: ICommands,
  trans: TranslationBundle
): ISidebarSection {
  const section = makeResourceSection(sidebar, {
    id: 'jobs',
    rank: 100,
    open: true,
    create: JobCommands.create,
    title: trans.__('Jobs'),
    trans,
    summary: <JobSummary manager={workspace} />,
    load: async () => {
      const list = await (await import('./list')).jobList(jobs, selection, commands, trans);
      const more = <ShownWorkspace manager={workspace} commands={commands} />;
      return { ...list, empty: { ...list.empty, more } };
    }
  });
  section.panel.addClass('jp-MLSection-jobs');
  return section;
}
