// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';

import { CommandIDs } from '../../commands';
import { TransContext } from '../../hooks';
import { IWorkspaceManager } from '../../workspace';
import { JobCounts } from '../JobCounts';
import { countStates } from '../state';

const statusbar: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:statusbar',
  description: 'Shows the number of running and queued jobs in the status bar.',
  autoStart: true,
  requires: [ITranslator, IWorkspaceManager],
  optional: [IStatusBar],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    manager: IWorkspaceManager,
    statusBar: IStatusBar | null
  ): void => {
    if (!statusBar) return;
    const show = (): void => void app.commands.execute(CommandIDs.showSidebar);
    const activeStateChanged = new Signal<IWorkspaceManager, void>(manager);
    manager.changed.connect(() => activeStateChanged.emit());
    statusBar.registerStatusItem('jupyter-ml:statusbar', {
      item: ReactWidget.create(
        <TransContext.Provider value={translator.load('jupyter_ml')}>
          <JobCounts manager={manager} onClick={show} />
        </TransContext.Provider>
      ),
      align: 'left',
      rank: 50,
      isActive: () => {
        const { running, queued } = countStates(manager.workspace?.jobs ?? {});
        return running + queued > 0;
      },
      activeStateChanged
    });
  }
};

export default [statusbar];
