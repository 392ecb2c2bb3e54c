// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import type { ApiClient } from '../api';
import { mlIcon, visible } from '../components';
import { TransContext } from '../hooks';
import { LineageView } from './LineageView';
import { LineageModel } from './model';
import type { LineageNode } from './model';

/** Create the panel with the lineage of a job or an asset. */
export function makeLineagePanel(
  api: ApiClient,
  reference: string,
  trans: TranslationBundle,
  onOpen: (node: LineageNode) => void
): MainAreaWidget {
  const model = new LineageModel(api, reference);
  const content = ReactWidget.create(
    <TransContext.Provider value={trans}>
      <LineageView model={model} onOpen={onOpen} />
    </TransContext.Provider>
  );
  content.addClass('jp-MLLineage');
  content.node.tabIndex = -1;
  const panel = new MainAreaWidget({ content });
  panel.toolbar.hide();
  panel.title.icon = mlIcon;
  panel.title.closable = true;
  const setTitle = (): void => {
    const title = model.nodes.find(({ id }) => id === model.id)?.title ?? reference;
    panel.title.label = trans.__('Lineage of %1', visible(title));
  };
  model.changed.connect(setTitle);
  setTitle();
  panel.disposed.connect(() => model.dispose());
  return panel;
}
