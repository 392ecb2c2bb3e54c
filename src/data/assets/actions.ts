// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { JobCommands } from '../../jobs/commands';
import { LineageCommands } from '../../lineage/commands';
import type { ICommands, IConnection, Panels } from '../../resources';
import { choosePath } from './choosing';
import { DataCommands } from './commands';
import { AssetPanel, makeDataPanel, makeRegisterPanel } from './panel';

/** What the commands for data use. */
export interface IDataServices {
  commands: ICommands;
  connection: IConnection;
  documents: IDocumentManager;
  translator: ITranslator;
  browser: IDefaultFileBrowser | null;
  trans: TranslationBundle;
}

/** Create the panel of a data asset, with a version in it; by default the newest one. */
export function makeAsset({ commands, connection, trans }: IDataServices, name: string, version?: string): AssetPanel {
  return new AssetPanel(connection.api, name, version, trans, {
    onOpenJob: job => commands.execute(JobCommands.open, { name: job }),
    onShowLineage: shown => commands.execute(LineageCommands.show, { reference: `data:${name}:${shown}` })
  });
}

/** Show a file, the files of a directory, or what a reference names. */
export async function view(
  { connection: { api }, trans }: IDataServices,
  panels: Panels<MainAreaWidget>,
  path: string | undefined
): Promise<void> {
  if (path !== undefined) await panels.open(`jp-MLDataPanel-${path}`, () => makeDataPanel(api, path, trans));
}

/** Show the form that registers data. */
export async function register(services: IDataServices, panels: Panels<MainAreaWidget>, path = ''): Promise<void> {
  const { commands, connection, browser, trans } = services;
  const create = (): MainAreaWidget =>
    makeRegisterPanel(trans, {
      path,
      choose: folder => choosePath(folder, services, browser?.model.path),
      register: async body => {
        const { name } = await connection.api.post('/data', { body });
        commands.execute(DataCommands.open, { name });
      }
    });
  await panels.open('jp-MLRegisterData', create);
}
