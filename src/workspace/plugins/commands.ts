// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';

import { copy } from '../../components';
import { definePlugin, ICommands, IConnection } from '../../resources';
import { WorkspaceCommands } from '../commands';
import { contentsPath } from '../paths';
import { IWorkspaceManager } from '../tokens';

const commands = definePlugin({
  id: 'jupyter-ml:workspace-commands',
  description: 'Commands for the workspace.',
  requires: {
    commands: ICommands,
    connection: IConnection,
    workspace: IWorkspaceManager,
    documents: IDocumentManager,
    translator: ITranslator
  },
  optional: { browser: IDefaultFileBrowser },
  activate: (_, { commands, connection: { api }, workspace, documents, translator, browser, trans }): void => {
    const tools = { api, documents, translator, trans };
    commands.add({
      id: WorkspaceCommands.switch,
      label: ({ label }) => (label as string | undefined) ?? trans.__('Switch Workspace…'),
      args: {
        folder: { type: 'string', description: 'The directory of the workspace; by default the user is asked' },
        label: { type: 'string', description: 'The label of the command' }
      },
      isToggled: ({ folder }) => folder !== undefined && folder === workspace.workspace?.folder,
      execute: async ({ folder }) =>
        (await import('../switcher')).switchTo(folder as string | undefined, workspace, tools),
      palette: true
    });
    commands.add({
      id: WorkspaceCommands.openWorkspace,
      label: trans.__('Open Folder as Workspace…'),
      execute: async () => (await import('../switcher')).openFolder(tools),
      palette: true
    });
    commands.add({
      id: WorkspaceCommands.refresh,
      label: trans.__('Refresh Jobs and Experiments'),
      execute: () => workspace.refresh(),
      palette: true
    });
    commands.add({
      id: WorkspaceCommands.openSettings,
      label: trans.__('Machine Learning Settings'),
      isVisible: () => commands.registry.hasCommand('settingeditor:open'),
      execute: () => commands.registry.execute('settingeditor:open', { query: 'Machine Learning' }),
      palette: true
    });
    commands.add({
      id: WorkspaceCommands.copyTrackingUri,
      label: trans.__('Copy MLflow Tracking URI'),
      caption: trans.__('For mlflow.set_tracking_uri() in a program that is not a job'),
      isEnabled: () => workspace.workspace !== null,
      execute: () => copy(workspace.workspace?.tracking_uri ?? '', trans.__('The tracking URI is copied.')),
      palette: true
    });
    commands.add({
      id: WorkspaceCommands.openFolder,
      label: trans.__('Show Folder in File Browser'),
      isVisible: () => browser !== null && folderOf(workspace) !== null,
      palette: true,
      execute: async () => {
        await browser?.model.cd(`/${folderOf(workspace) ?? ''}`);
        await commands.registry.execute('filebrowser:activate');
      }
    });
  }
});

/** Return the contents path of the workspace directory's parent; null if it is outside the server's root. */
function folderOf(manager: IWorkspaceManager): string | null {
  const path = contentsPath(manager.workspace, manager.workspace?.folder ?? '');
  return path?.split('/').slice(0, -1).join('/') ?? null;
}

export default [commands];
