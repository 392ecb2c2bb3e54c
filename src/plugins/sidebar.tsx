// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import { CommandIDs } from '../commands';
import { TransContext } from '../hooks';
import { IExperimentManager, IJobManager, IJobSelection, IWorkspaceManager } from '../managers';
import { makeExperimentsSection } from '../sidebar/experiments';
import { Header } from '../sidebar/Header';
import { makeJobsSection } from '../sidebar/jobs';
import { Sidebar } from '../sidebar/sidebar';
import { ISidebar } from '../sidebar/tokens';

const NO_ARGS = { args: { type: 'object', properties: {} } } as const;

const sidebar: JupyterFrontEndPlugin<ISidebar> = {
  id: 'jupyter-ml:sidebar',
  description: 'Provides the sidebar.',
  autoStart: true,
  requires: [ITranslator, IWorkspaceManager],
  optional: [ILayoutRestorer, IStateDB, ILabShell],
  provides: ISidebar,
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    workspace: IWorkspaceManager,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    labShell: ILabShell | null
  ): ISidebar => {
    const { commands, shell } = app;
    const trans = translator.load('jupyter_ml');
    const panel = new Sidebar(trans, state);
    panel.header.addWidget(
      ReactWidget.create(
        <TransContext.Provider value={trans}>
          <Header manager={workspace} commands={commands} sidebar={panel} />
        </TransContext.Provider>
      )
    );
    restorer?.add(panel, 'jupyter-ml-sidebar');
    shell.add(panel, 'left', { rank: 150, type: 'Machine Learning' });
    commands.addCommand(CommandIDs.showSidebar, {
      label: trans.__('Show Jobs and Experiments'),
      describedBy: NO_ARGS,
      isToggled: () => panel.isVisible,
      execute: () => {
        if (labShell && panel.isVisible) labShell.collapseLeft();
        else shell.activateById(panel.id);
      }
    });
    return panel;
  }
};

const jobs: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:jobs-section',
  description: 'Shows jobs in the sidebar.',
  autoStart: true,
  requires: [ITranslator, ISidebar, IJobManager, IJobSelection, IWorkspaceManager],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    panel: ISidebar,
    manager: IJobManager,
    selection: IJobSelection,
    workspace: IWorkspaceManager
  ): void => {
    const trans = translator.load('jupyter_ml');
    panel.add(makeJobsSection(panel, manager, selection, workspace, app.commands, trans));
  }
};

const experiments: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:experiments-section',
  description: 'Shows experiments in the sidebar.',
  autoStart: true,
  requires: [ITranslator, ISidebar, IExperimentManager],
  activate: (app: JupyterFrontEnd, translator: ITranslator, panel: ISidebar, manager: IExperimentManager): void => {
    panel.add(makeExperimentsSection(panel, manager, app.commands, translator.load('jupyter_ml')));
  }
};

const workspaceCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:workspace-commands',
  description: 'Commands for the workspace.',
  autoStart: true,
  requires: [ITranslator, IWorkspaceManager],
  optional: [ICommandPalette, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    manager: IWorkspaceManager,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const { commands } = app;
    const trans = translator.load('jupyter_ml');
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh Jobs and Experiments'),
      describedBy: NO_ARGS,
      execute: () => manager.refresh()
    });
    commands.addCommand(CommandIDs.openSettings, {
      label: trans.__('Settings'),
      describedBy: NO_ARGS,
      isVisible: () => commands.hasCommand('settingeditor:open'),
      execute: () => commands.execute('settingeditor:open', { query: 'Machine Learning' })
    });
    commands.addCommand(CommandIDs.copyTrackingUri, {
      label: trans.__('Copy MLflow Tracking URI'),
      caption: trans.__('For mlflow.set_tracking_uri() in a program that is not a job'),
      describedBy: NO_ARGS,
      isEnabled: () => manager.workspace !== null,
      execute: () => Clipboard.copyToSystem(manager.workspace?.tracking_uri ?? '')
    });
    commands.addCommand(CommandIDs.openFolder, {
      label: trans.__('Show Folder in File Browser'),
      describedBy: NO_ARGS,
      isEnabled: () => browser !== null && folderOf(manager) !== null,
      execute: async () => {
        await browser?.model.cd(`/${folderOf(manager) ?? ''}`);
        await commands.execute('filebrowser:activate');
      }
    });
    for (const command of [CommandIDs.showSidebar, CommandIDs.refresh, CommandIDs.copyTrackingUri]) {
      palette?.addItem({ command, category: trans.__('Machine Learning') });
    }
  }
};

/** Return the contents path of the workspace directory's parent; null if it is outside the server's root. */
function folderOf(manager: IWorkspaceManager): string | null {
  const { root, folder } = manager.workspace ?? {};
  if (!root || !folder?.startsWith(`${root}/`)) return null;
  return folder
    .slice(root.length + 1)
    .split('/')
    .slice(0, -1)
    .join('/');
}

export default [sidebar, jobs, experiments, workspaceCommands];
