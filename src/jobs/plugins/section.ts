// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';

import { ISidebar } from '../../sidebar';
import { IWorkspaceManager } from '../../workspace';
import { makeJobsSection } from '../section';
import { IJobManager, IJobSelection } from '../tokens';

const section: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:jobs-section',
  description: 'Shows jobs in the sidebar.',
  autoStart: true,
  requires: [ITranslator, ISidebar, IJobManager, IJobSelection, IWorkspaceManager],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    sidebar: ISidebar,
    jobs: IJobManager,
    selection: IJobSelection,
    workspace: IWorkspaceManager
  ): void => {
    const trans = translator.load('jupyter_ml');
    sidebar.add(makeJobsSection(sidebar, jobs, selection, workspace, app.commands, trans));
  }
};

export default [section];
