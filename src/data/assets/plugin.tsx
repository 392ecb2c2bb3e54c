// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { JSX } from 'react';

import type { Data } from '../../api';
import { Age, mlIcon, visible } from '../../components';
import { useTrans } from '../../hooks';
import { JobCommands } from '../../jobs/commands';
import { CLICKED, ContextTarget, definePlugin, ICommands, IConnection, IKinds, Panels } from '../../resources';
import { ILinks } from '../../workspace';
import { DataCommands } from './commands';
import { sizeText } from './texts';

const ARGS = { name: { type: 'string', description: 'The name of a data asset' }, ...CLICKED };
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
  activate: (
    app,
    { commands, connection: { api }, documents, kinds, links, translator, browser, restorer, trans }
  ): void => {
    const panels = new Panels<MainAreaWidget>(app, 'jupyter-ml-data');
    const target = new ContextTarget('data');
    const shown = new Map<string, string>();
    kinds.setView<Data>('data', {
      title: trans.__('Data'),
      empty: trans.__('Data is files with a name and versions. Register a file or folder to use it in jobs by name.'),
      renderRow: data => <DataRow data={data} />,
      create: DataCommands.register,
      commands: [DataCommands.open]
    });
    commands.add({
      id: DataCommands.open,
      label: trans.__('Open Data'),
      caption: trans.__('Show the versions, the location and the content of a data asset'),
      args: ARGS,
      isEnabled: args => nameOf(args, target) !== undefined,
      execute: async args => {
        const name = nameOf(args, target);
        const link = `data/${name}`;
        if (!name || links.leave(link)) return;
        const { makeAssetPanel } = await import('.');
        const id = `jp-MLAsset-${name}`;
        const create = (): MainAreaWidget => {
          const panel = makeAssetPanel(api, name, trans, job => commands.execute(JobCommands.open, { name: job }));
          shown.set(id, name);
          panel.disposed.connect(() => shown.delete(id));
          return panel;
        };
        await panels.open(id, create, link);
      }
    });
    links.add('data', {
      get: name => api.get('/data/{name}', { params: { path: { name } } }),
      open: ([name]) => commands.execute(DataCommands.open, { name })
    });
    panels.restore(restorer, DataCommands.open, ({ id }) => ({ name: shown.get(id) ?? '' }));

    const pathOf = ({ path }: ReadonlyPartialJSONObject): string | undefined =>
      (path as string | undefined) ?? [...(browser?.selectedItems() ?? [])].at(0)?.path;
    commands.add({
      id: DataCommands.view,
      label: trans.__('Show as Data'),
      caption: trans.__('Show a file, or the files of a directory, as a table or as pictures'),
      icon: mlIcon,
      args: PATH,
      isEnabled: args => pathOf(args) !== undefined,
      execute: async args => {
        const path = pathOf(args);
        if (path === undefined) return;
        const { makeDataPanel } = await import('.');
        await panels.open(`jp-MLDataPanel-${path}`, () => makeDataPanel(api, path, trans));
      }
    });
    commands.add({
      id: DataCommands.register,
      label: trans.__('Register Data…'),
      caption: trans.__('Give files a name with versions, by which jobs and notebooks use them'),
      icon: mlIcon,
      args: PATH,
      palette: true,
      execute: async args => {
        const [{ makeRegisterPanel }, { choosePath }] = await Promise.all([import('.'), import('./choosing')]);
        const create = (): MainAreaWidget =>
          makeRegisterPanel(trans, {
            path: (args.path as string | undefined) ?? '',
            choose: folder => choosePath(folder, { documents, translator, trans }, browser?.model.path),
            register: async body => {
              const { name } = await api.post('/data', { body });
              commands.execute(DataCommands.open, { name });
            }
          });
        await panels.open('jp-MLRegisterData', create);
      }
    });
    app.contextMenu.addItem({
      command: DataCommands.view,
      selector: '.jp-DirListing-item[data-isdir="true"]',
      rank: 4
    });
  }
});

const nameOf = ({ name, clicked }: ReadonlyPartialJSONObject, target: ContextTarget): string | undefined =>
  clicked ? target.name : (name as string | undefined);

function DataRow({ data }: { data: Data }): JSX.Element {
  const trans = useTrans();
  const { name, description, version, created_at } = data;
  return (
    <>
      <span className="jp-MLRow-name" title={visible(description ?? name, true)}>
        {visible(name)}
      </span>
      <span className="jp-MLRow-status" title={sizeText(data, trans)}>
        {trans.__('version %1', version)}
      </span>
      <Age time={created_at} />
    </>
  );
}

export default [assets];
