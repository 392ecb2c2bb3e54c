// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Data } from '../../api';
import { lazily, mlIcon } from '../../components';
import { definePanels, definePlugin, ICommands, IConnection, IKinds, Panels } from '../../resources';
import { ILinks } from '../../workspace';
import { DataCommands } from './commands';
import type { AssetPanel } from './panel';

const DataRow = lazily(async () => (await import('./DataRow')).DataRow);
const PATH = {
  path: {
    type: 'string',
    description: 'A contents path, or a reference; by default what the file browser has selected'
  }
};

const assets = definePlugin({
  id: 'jupyter-ml:data-assets',
  description: 'Shows data assets, registers files as data, and shows directories and files of datastores as tables.',
  requires: {
    commands: ICommands,
    connection: IConnection,
    documents: IDocumentManager,
    kinds: IKinds,
    links: ILinks,
    translator: ITranslator
  },
  optional: { browser: IDefaultFileBrowser, restorer: ILayoutRestorer },
  activate: (app, services): void => {
    const { commands, connection, kinds, browser, trans } = services;
    const panels = new Panels<MainAreaWidget>(app, 'jupyter-ml-data-view');
    kinds.setView<Data>('data', {
      title: trans.__('Data'),
      empty: trans.__('Data is files with a name and versions. Register a file or folder to use it in jobs by name.'),
      renderRow: data => <DataRow data={data} />,
      create: DataCommands.register,
      commands: [DataCommands.open]
    });
    definePanels<AssetPanel>(app, services, {
      kind: 'data',
      id: DataCommands.open,
      label: trans.__('Open Data'),
      caption: trans.__('Show the versions, the location and the content of a data asset'),
      args: {
        name: { type: 'string', description: 'The name of a data asset' },
        version: { type: 'string', description: 'Its version; by default the newest' }
      },
      get: name => connection.api.get('/data/{name}', { params: { path: { name } } }),
      create: async (name, { version }) =>
        (await import('./actions')).makeAsset(services, name, version as string | undefined),
      show: ({ model }, { version }) => version && model.select(version as string)
    });

    const pathOf = ({ path }: ReadonlyPartialJSONObject): string | undefined =>
      (path as string | undefined) ?? [...(browser?.selectedItems() ?? [])].at(0)?.path;
    commands.add({
      id: DataCommands.view,
      label: trans.__('Show as Data'),
      caption: trans.__('Show a file, or the files of a directory, as a table or as images'),
      icon: mlIcon,
      args: PATH,
      isEnabled: args => pathOf(args) !== undefined,
      execute: async args => (await import('./actions')).view(services, panels, pathOf(args))
    });
    commands.add({
      id: DataCommands.register,
      label: trans.__('Register Data…'),
      caption: trans.__('Give files a name with versions, by which jobs and notebooks use them'),
      icon: mlIcon,
      args: PATH,
      palette: true,
      execute: async args => (await import('./actions')).register(services, panels, args.path as string | undefined)
    });
    app.contextMenu.addItem({
      command: DataCommands.view,
      selector: '.jp-DirListing-item[data-isdir="true"]',
      rank: 4
    });
  }
});

export default [assets];
