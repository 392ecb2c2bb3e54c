// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import { mlIcon, visible } from '../../components';
import { TransContext } from '../../hooks';
import type { IJobManager } from '../../jobs/tokens';
import type { IConnection } from '../../resources';
import { RunsModel } from './model';
import { RunsView } from './RunsView';
import type { IRunsViewProps } from './RunsView';

/** Create the panel of an experiment. */
export function makeRunsPanel(
  name: string,
  { api, feed }: IConnection,
  jobs: IJobManager,
  trans: TranslationBundle,
  actions: Pick<IRunsViewProps, 'onOpen' | 'onCompare'>
): MainAreaWidget {
  const model = new RunsModel(api, feed, name);
  const content = ReactWidget.create(
    <TransContext.Provider value={trans}>
      <RunsView model={model} jobs={jobs} onDownload={download} {...actions} />
    </TransContext.Provider>
  );
  content.addClass('jp-MLRuns-panel');
  const panel = new MainAreaWidget({ content });
  panel.toolbar.hide();
  panel.title.label = visible(name);
  panel.title.caption = trans.__('Experiment %1', visible(name));
  panel.title.icon = mlIcon;
  panel.title.closable = true;
  content.node.setAttribute('aria-label', panel.title.caption);
  panel.disposed.connect(() => model.dispose());
  return panel;
}

function download(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}
