// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../../commands';
import type { IOpenJobArgs } from '../../commands';
import { withErrorDialog } from '../../components';
import { CLICKED } from '../../resources';
import { IWorkspaceManager } from '../../workspace';
import type { JobPanel } from '../panel/panel';
import type { IJobTools } from '../panel/tools';
import { IJobManager, IJobSelection } from '../tokens';
import { ITargets } from './targets';

const ARGS = {
  type: 'object',
  properties: {
    name: { type: 'string', description: 'The name of a job; by default the selected one' },
    tab: { enum: ['overview', 'notebook', 'metrics', 'logs', 'outputs'], description: 'The tab to show' },
    ...CLICKED
  }
} as const;

const jobPanel: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:job-panel',
  description: 'Shows a job in the main area.',
  autoStart: true,
  requires: [
    ITranslator,
    IJobManager,
    IJobSelection,
    ITargets,
    IWorkspaceManager,
    IDocumentManager,
    IRenderMimeRegistry
  ],
  optional: [ILayoutRestorer, ICommandPalette, IEditorLanguageRegistry],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    jobs: IJobManager,
    selection: IJobSelection,
    targets: ITargets,
    workspace: IWorkspaceManager,
    documents: IDocumentManager,
    rendermime: IRenderMimeRegistry,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    languages: IEditorLanguageRegistry | null
  ): void => {
    const { commands, shell } = app;
    const trans = translator.load('jupyter_ml');
    const label = trans.__('Open Job');
    const tracker = new WidgetTracker<JobPanel>({ namespace: 'jupyter-ml-job' });
    const tools: IJobTools = {
      rendermime,
      commands,
      languages,
      openSource: (path, name) => {
        const root = workspace.workspace?.root;
        if (root && path.startsWith(`${root}/`)) documents.openOrReveal(path.slice(root.length + 1));
        else void commands.execute(CommandIDs.openExecutedNotebook, { name });
      },
      open: path => void documents.openOrReveal(path)
    };

    commands.addCommand(CommandIDs.openJob, {
      label: args => targets.label(label, args),
      describedBy: { args: ARGS },
      isEnabled: args => targets.name(args) !== undefined,
      execute: async args => {
        const { tab } = args as IOpenJobArgs;
        const name = targets.name(args);
        if (!name) return;
        const loaded = await withErrorDialog(label, trans, () => import('../panel'));
        if (!loaded) return;
        const { JobPanel } = loaded;
        let panel = tracker.find(({ model }) => model.name === name);
        if (!panel) {
          panel = new JobPanel({ jobs, name, tab, tools, trans });
          panel.model.tabChanged.connect(() => void (panel && tracker.save(panel)));
          shell.add(panel, 'main', { type: 'Machine Learning' });
          await tracker.add(panel);
        } else if (tab) panel.model.setTab(tab);
        shell.activateById(panel.id);
      }
    });
    palette?.addItem({ command: CommandIDs.openJob, category: trans.__('Machine Learning') });
    tracker.currentChanged.connect((_, panel) => panel && selection.set([panel.model.name]));
    void restorer?.restore(tracker, {
      command: CommandIDs.openJob,
      args: ({ model }) => ({ name: model.name, tab: model.tab }),
      name: ({ model }) => model.name
    });
  }
};

export default [jobPanel];
