// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { addIcon, caretDownIcon, MenuSvg, refreshIcon, ToolbarButtonComponent } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { JSX, MouseEvent } from 'react';

import { CommandIDs } from '../commands';
import { useTrans, useVersion } from '../hooks';
import type { IWorkspaceManager } from '../workspace';
import { Filter } from './Filter';
import type { ISidebar } from './tokens';

/** Properties of Header. */
export interface IHeaderProps {
  manager: IWorkspaceManager;
  commands: CommandRegistry;
  sidebar: ISidebar;
}

/** The workspace menu, a button to create a job, and the filter. */
export function Header({ manager, commands, sidebar }: IHeaderProps): JSX.Element {
  const trans = useTrans();
  useVersion(manager.changed);
  const { workspace, live, error } = manager;

  const openMenu = (event: MouseEvent<HTMLButtonElement>): void => {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    workspaceMenu(commands).open(left, bottom);
  };

  return (
    <div className="jp-MLHeader">
      <div className="jp-MLHeader-line">
        <button
          className="jp-MLHeader-workspace"
          aria-haspopup="menu"
          title={workspace?.folder ?? trans.__('Workspace')}
          onClick={openMenu}
        >
          <span className="jp-MLHeader-name">{workspace?.name ?? trans.__('Workspace')}</span>
          <caretDownIcon.react tag="span" className="jp-MLHeader-caret" />
        </button>
        {(!live || error) && (
          <ToolbarButtonComponent
            icon={refreshIcon}
            tooltip={trans.__('Live updates are not available. Click to refresh.')}
            onClick={() => manager.refresh()}
          />
        )}
        <ToolbarButtonComponent
          icon={addIcon}
          tooltip={trans.__('Run a notebook as a job')}
          onClick={() => void commands.execute(CommandIDs.createJob)}
        />
      </div>
      <Filter sidebar={sidebar} />
    </div>
  );
}

function workspaceMenu(commands: CommandRegistry): MenuSvg {
  const menu = new MenuSvg({ commands });
  for (const command of [CommandIDs.openFolder, CommandIDs.copyTrackingUri, CommandIDs.openSettings]) {
    menu.addItem({ command });
  }
  menu.aboutToClose.connect(() => requestAnimationFrame(() => menu.dispose()));
  return menu;
}
