// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import type { ApiClient } from '../api';
import { TransContext } from '../hooks';
import { DataView } from './DataView';
import { DataModel } from './model';

/** Create the table of a data file. */
export function makeDataView(
  api: ApiClient,
  context: DocumentRegistry.IContext<DocumentRegistry.IModel>,
  trans: TranslationBundle
): ReactWidget {
  const model = new DataModel(api, context.localPath);
  const load = (): void => void model.load();
  const widget = ReactWidget.create(
    <TransContext.Provider value={trans}>
      <DataView model={model} />
    </TransContext.Provider>
  );
  widget.addClass('jp-MLDataView');
  widget.disposed.connect(() => {
    context.fileChanged.disconnect(load);
    model.dispose();
  });
  void context.ready.then(() => {
    if (widget.isDisposed) return;
    context.fileChanged.connect(load);
    load();
  });
  return widget;
}
