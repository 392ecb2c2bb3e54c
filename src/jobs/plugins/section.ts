// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { definePlugin, ICommands, IKinds } from '../../resources';
import { ISidebar } from '../../sidebar';
import { IWorkspaceManager } from '../../workspace';
import { makeJobsSection } from '../section';
import { IJobManager, IJobSelection } from '../tokens';

const section = definePlugin({
  id: 'jupyter-ml:jobs-section',
  description: 'Shows jobs in the sidebar.',
  requires: {
    commands: ICommands,
    kinds: IKinds,
    sidebar: ISidebar,
    jobs: IJobManager,
    selection: IJobSelection,
    workspace: IWorkspaceManager
  },
  activate: (_, { commands, kinds, sidebar, jobs, selection, workspace, trans }): void => {
    kinds.setView('job', { own: true });
    sidebar.add(makeJobsSection(sidebar, jobs, selection, workspace, commands, trans));
  }
});

export default [section];
