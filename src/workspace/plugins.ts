// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Clipboard } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';

import { definePlugin, ICommands, IConnection } from '../resources';
import { WorkspaceCommands } from './commands';
import { WorkspaceManager } from './manager';
import { contentsPath } from './paths';
import { IWorkspaceManager } from './tokens';

const manager = definePlugin({
  id: 'jupyter-ml:workspace',
  description: 'Provides the workspace that the server has open.',
  requires: { connection: IConnection },
  provides: IWorkspaceManager,
  activate: (_, { connection: { api, feed } }): IWorkspaceManager => new WorkspaceManager(api, feed)
});

const commands = definePlugin({
  id: 'jupyter-ml:workspace-commands',
  description: 'Commands for the workspace.',
  requires: { commands: ICommands, workspace: IWorkspaceManager },
  optional: { browser: IDefaultFileBrowser },
  activate: (_, { commands, workspace, browser, trans }): void => {
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
      execute: () => Clipboard.copyToSystem(workspace.workspace?.tracking_uri ?? ''),
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

export default [manager, commands];
