// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { IConnection } from '../resources';
import { WorkspaceManager } from './manager';
import { IWorkspaceManager } from './tokens';

const NO_ARGS = { args: { type: 'object', properties: {} } } as const;

const manager: JupyterFrontEndPlugin<IWorkspaceManager> = {
  id: 'jupyter-ml:workspace',
  description: 'Provides the workspace that the server has open.',
  autoStart: true,
  requires: [IConnection],
  provides: IWorkspaceManager,
  activate: (_: JupyterFrontEnd, connection: IConnection): IWorkspaceManager =>
    new WorkspaceManager(connection.api, connection.feed)
};

const commands: JupyterFrontEndPlugin<void> = {
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
    for (const command of [CommandIDs.refresh, CommandIDs.copyTrackingUri]) {
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

export default [manager, commands];
