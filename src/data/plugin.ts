// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ABCWidgetFactory, DocumentWidget } from '@jupyterlab/docregistry';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';

import type { ApiClient } from '../api';
import { mlIcon } from '../components';
import { definePlugin, IConnection } from '../resources';
import { UNREAD, UnreadProvider } from './provider';

/** File types that JupyterLab does not have: name, extensions. */
const FILE_TYPES: readonly (readonly [string, readonly string[]])[] = [
  ['jupyter-ml-parquet', ['.parquet', '.pq']],
  ['jupyter-ml-arrow', ['.arrow', '.feather']],
  ['jupyter-ml-json-lines', ['.jsonl', '.ndjson']],
  ['jupyter-ml-compressed-table', ['.csv.gz', '.csv.zst', '.tsv.gz', '.tsv.zst', '.jsonl.gz', '.jsonl.zst']]
];

class DataViewFactory extends ABCWidgetFactory<DocumentWidget, DocumentRegistry.IModel> {
  constructor(
    private readonly _api: ApiClient,
    private readonly _trans: TranslationBundle,
    options: DocumentRegistry.IWidgetFactoryOptions<DocumentWidget>
  ) {
    super(options);
  }

  protected createNewWidget(context: DocumentRegistry.IContext<DocumentRegistry.IModel>): DocumentWidget {
    const content = new Panel();
    content.addClass('jp-MLDataView-panel');
    content.title.icon = mlIcon;
    const widget = new DocumentWidget({ content, context });
    void import('./view').then(({ makeDataView }) => {
      if (!content.isDisposed) content.addWidget(makeDataView(this._api, context, this._trans));
    });
    return widget;
  }
}

const view = definePlugin({
  id: 'jupyter-ml:data-view',
  description: 'Opens csv, JSON lines and parquet files of any size as tables with a profile of each column.',
  requires: { connection: IConnection },
  activate: ({ docRegistry, serviceManager: { contents } }, { connection: { api }, trans }): void => {
    const drive = (contents as { defaultDrive?: Contents.IDrive }).defaultDrive;
    if (!drive?.contentProviderRegistry) return; // a drive that cannot leave files unread
    drive.contentProviderRegistry.register(
      UNREAD,
      new UnreadProvider(contents, trans.__('The data view is read-only. Open the file with the editor to change it.'))
    );
    for (const [name, extensions] of FILE_TYPES) {
      docRegistry.addFileType({ name, displayName: trans.__('Data'), extensions: [...extensions], icon: mlIcon });
    }
    docRegistry.addWidgetFactory(
      new DataViewFactory(api, trans, {
        name: 'jupyter-ml-data-view',
        label: trans.__('Data View'),
        fileTypes: ['csv', 'tsv', 'text', 'json', ...FILE_TYPES.map(([name]) => name)],
        defaultFor: FILE_TYPES.map(([name]) => name),
        readOnly: true,
        modelName: 'text',
        contentProviderId: UNREAD
      })
    );
  }
});

export default [view];
