// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IStatusBar } from '@jupyterlab/statusbar';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';

import { TransContext } from '../../hooks';
import { definePlugin, ICommands } from '../../resources';
import { SidebarCommands } from '../../sidebar';
import { IWorkspaceManager } from '../../workspace';
import { JobCounts } from '../JobCounts';
import { countStates } from '../state';

const statusbar = definePlugin({
  id: 'jupyter-ml:statusbar',
  description: 'Shows the number of running and queued jobs in the status bar.',
  requires: { commands: ICommands, workspace: IWorkspaceManager },
  optional: { statusBar: IStatusBar },
  activate: (_, { commands, workspace, statusBar, trans }): void => {
    if (!statusBar) return;
    const show = (): void => commands.execute(SidebarCommands.show);
    const activeStateChanged = new Signal<IWorkspaceManager, void>(workspace);
    workspace.changed.connect(() => activeStateChanged.emit());
    statusBar.registerStatusItem('jupyter-ml:statusbar', {
      item: ReactWidget.create(
        <TransContext.Provider value={trans}>
          <JobCounts manager={workspace} onClick={show} />
        </TransContext.Provider>
      ),
      align: 'left',
      rank: 50,
      isActive: () => {
        const { running, queued } = countStates(workspace.workspace?.jobs ?? {});
        return running + queued > 0;
      },
      activeStateChanged
    });
  }
});

export default [statusbar];
