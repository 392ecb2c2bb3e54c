// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IStatusBar } from '@jupyterlab/statusbar';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';

import { lazily } from '../../components';
import { TransContext } from '../../hooks';
import { definePlugin, ICommands } from '../../resources';
import { SidebarCommands } from '../../sidebar';
import { IWorkspaceManager } from '../../workspace';
import { countStates } from '../state';
import { IJobManager } from '../tokens';

const JobCounts = lazily(async () => (await import('../JobCounts')).JobCounts);

const statusbar = definePlugin({
  id: 'jupyter-ml:statusbar',
  description: 'Shows running and queued jobs in the status bar.',
  requires: { commands: ICommands, jobs: IJobManager, workspace: IWorkspaceManager },
  optional: { statusBar: IStatusBar },
  activate: (_, { commands, jobs, workspace, statusBar, trans }): void => {
    if (!statusBar) return;
    const show = (): void => commands.execute(SidebarCommands.show);
    const activeStateChanged = new Signal<IWorkspaceManager, void>(workspace);
    workspace.changed.connect(() => activeStateChanged.emit());
    statusBar.registerStatusItem('jupyter-ml:statusbar', {
      item: ReactWidget.create(
        <TransContext.Provider value={trans}>
          <JobCounts workspace={workspace} jobs={jobs} onClick={show} />
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
