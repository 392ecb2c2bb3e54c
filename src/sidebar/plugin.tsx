// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import { CommandIDs } from '../commands';
import { TransContext } from '../hooks';
import { IWorkspaceManager } from '../workspace';
import { Header } from './Header';
import { Sidebar } from './sidebar';
import { ISidebar } from './tokens';

const NO_ARGS = { args: { type: 'object', properties: {} } } as const;

const sidebar: JupyterFrontEndPlugin<ISidebar> = {
  id: 'jupyter-ml:sidebar',
  description: 'Provides the sidebar.',
  autoStart: true,
  requires: [ITranslator, IWorkspaceManager],
  optional: [ILayoutRestorer, IStateDB, ILabShell, ICommandPalette],
  provides: ISidebar,
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    workspace: IWorkspaceManager,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    labShell: ILabShell | null,
    palette: ICommandPalette | null
  ): ISidebar => {
    const { commands, shell } = app;
    const trans = translator.load('jupyter_ml');
    const panel = new Sidebar(trans, state);
    panel.header.addWidget(
      ReactWidget.create(
        <TransContext.Provider value={trans}>
          <Header manager={workspace} commands={commands} sidebar={panel} />
        </TransContext.Provider>
      )
    );
    restorer?.add(panel, 'jupyter-ml-sidebar');
    shell.add(panel, 'left', { rank: 150, type: 'Machine Learning' });
    commands.addCommand(CommandIDs.showSidebar, {
      label: trans.__('Show Jobs and Experiments'),
      describedBy: NO_ARGS,
      isToggled: () => panel.isVisible,
      execute: () => {
        if (labShell && panel.isVisible) labShell.collapseLeft();
        else shell.activateById(panel.id);
      }
    });
    palette?.addItem({ command: CommandIDs.showSidebar, category: trans.__('Machine Learning') });
    return panel;
  }
};

export default [sidebar];
