// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { CLICKED, definePanels, definePlugin, ICommands } from '../../resources';
import { ILinks, IWorkspaceManager } from '../../workspace';
import { JobCommands } from '../commands';
import type { IOpenJobArgs } from '../commands';
import { panelId } from '../panelId';
import type { BrowserTitle, JobPanel } from '../panel';
import { IJobManager, IJobSelection } from '../tokens';
import { ITargets } from './targets';

const ARGS = {
  name: { type: 'string', description: 'The name of a job; by default the selected one' },
  tab: { enum: ['overview', 'notebook', 'metrics', 'logs', 'outputs'], description: 'The tab to show' },
  ...CLICKED
};

const panel = definePlugin({
  id: 'jupyter-ml:job-panel',
  description: 'Shows a job in the main area.',
  requires: {
    commands: ICommands,
    jobs: IJobManager,
    selection: IJobSelection,
    targets: ITargets,
    workspace: IWorkspaceManager,
    links: ILinks,
    documents: IDocumentManager,
    rendermime: IRenderMimeRegistry
  },
  optional: { restorer: ILayoutRestorer, languages: IEditorLanguageRegistry, registry: ISettingRegistry },
  activate: (app, services): void => {
    const { jobs, selection, targets, workspace, registry, trans } = services;
    let title: BrowserTitle | undefined;
    const panels = definePanels<JobPanel>(app, services, {
      kind: 'job',
      id: JobCommands.open,
      label: args => targets.label(trans.__('Open Job'), args),
      args: ARGS,
      palette: true,
      get: name => jobs.get(name),
      subjectOf: args => targets.name(args),
      idOf: panelId,
      create: async (name, args) => {
        const [{ BrowserTitle, JobPanel }, { jobTools }] = await Promise.all([
          import('../panel'),
          import('./jobTools')
        ]);
        title ??= new BrowserTitle(app.shell, panels.tracker, registry);
        const panel = new JobPanel({ jobs, name, tab: (args as IOpenJobArgs).tab, tools: jobTools(services), trans });
        panel.model.tabChanged.connect(() => void panels.tracker.save(panel));
        return panel;
      },
      show: ({ model }, { tab }: IOpenJobArgs) => tab && model.setTab(tab),
      state: ({ model }) => ({ tab: model.tab })
    });
    panels.tracker.currentChanged.connect((_, panel) => panel && selection.set([panel.model.name]));
    workspace.switched.connect(() => selection.set([]));
  }
});

export default [panel];
