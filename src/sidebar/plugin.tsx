// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';
import { ReactWidget } from '@jupyterlab/ui-components';

import { TransContext } from '../hooks';
import { definePlugin, ICommands, keepFocus } from '../resources';
import { IWorkspaceManager } from '../workspace';
import { SidebarCommands } from './commands';
import { Header } from './Header';
import { Sidebar } from './sidebar';
import { ISidebar } from './tokens';

const ID = 'jupyter-ml:sidebar';

const sidebar = definePlugin({
  id: ID,
  description: 'Provides the sidebar.',
  requires: { commands: ICommands, workspace: IWorkspaceManager },
  optional: { restorer: ILayoutRestorer, state: IStateDB, labShell: ILabShell, registry: ISettingRegistry },
  provides: ISidebar,
  activate: ({ shell, contextMenu }, { commands, workspace, restorer, state, labShell, registry, trans }): ISidebar => {
    const panel = new Sidebar(trans, state);
    void registry?.load(ID).then(settings => panel.saved.load(settings));
    panel.header.addWidget(
      ReactWidget.create(
        <TransContext.Provider value={trans}>
          <Header manager={workspace} commands={commands.registry} sidebar={panel} />
        </TransContext.Provider>
      )
    );
    keepFocus(contextMenu.menu);
    restorer?.add(panel, 'jupyter-ml-sidebar');
    shell.add(panel, 'left', { rank: 150, type: 'Machine Learning' });
    commands.add({
      id: SidebarCommands.show,
      label: trans.__('Show Jobs and Experiments'),
      isToggled: () => panel.isVisible,
      execute: () => {
        if (labShell && panel.isVisible) labShell.collapseLeft();
        else shell.activateById(panel.id);
      },
      palette: true
    });
    return panel;
  }
});

export default [sidebar];
