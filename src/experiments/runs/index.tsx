// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import { mlIcon, visible } from '../../components';
import { TransContext } from '../../hooks';
import type { IJobManager, IJobSelection } from '../../jobs/tokens';
import type { IConnection } from '../../resources';
import type { IWorkspaceManager } from '../../workspace';
import { RunsModel } from './model';
import { RunsView } from './RunsView';
import type { IRunsViewProps } from './RunsView';

/** Services that the panel of an experiment uses. */
export interface IRunsServices {
  connection: IConnection;
  jobs: IJobManager;
  /** Commands act on the runs that were selected last. */
  selection: IJobSelection;
  workspace: IWorkspaceManager;
  trans: TranslationBundle;
}

/** Create the panel of an experiment. */
export function makeRunsPanel(
  name: string,
  { connection: { api, feed }, jobs, selection, workspace, trans }: IRunsServices,
  view: Pick<IRunsViewProps, 'saved' | 'onOpen' | 'onCompare' | 'onCopyLink'>
): MainAreaWidget {
  const model = new RunsModel(api, feed, jobs, name);
  model.selection.changed.connect((_, names) => selection.set(names));
  const content = ReactWidget.create(
    <TransContext.Provider value={trans}>
      <RunsView model={model} workspace={workspace} onDownload={download} {...view} />
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
