// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { addIcon, caretDownIcon, refreshIcon, ToolbarButtonComponent } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { useRef } from 'react';
import type { JSX } from 'react';

import { lazily } from '../components';
import { useTrans, useVersion } from '../hooks';
import { openMenu } from '../resources';
import type { IWorkspaceManager } from '../workspace';
import type { ISidebar } from './tokens';

const Filter = lazily(async () => (await import('./Filter')).Filter, <div className="jp-MLFilter" />);

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

  return (
    <div className="jp-MLHeader">
      <div className="jp-MLHeader-line">
        <button
          className="jp-MLHeader-workspace"
          aria-haspopup="menu"
          title={workspace?.folder ?? trans.__('Workspace')}
          onClick={({ currentTarget }) => {
            void import('./workspaceMenu').then(menu => menu.openWorkspaceMenu(currentTarget, commands, manager));
          }}
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
        <Create commands={commands} sidebar={sidebar} />
      </div>
      <Filter label={trans.__('Filter')} target={sidebar} manager={manager} saved={sidebar.saved} />
    </div>
  );
}

/** A button that creates a resource, of one of the kinds that the sections offer. */
function Create({ commands, sidebar }: Pick<IHeaderProps, 'commands' | 'sidebar'>): JSX.Element | null {
  const trans = useTrans();
  const frame = useRef<HTMLSpanElement>(null);
  useVersion(sidebar.sectionsChanged);
  const offered = sidebar.sections.flatMap(({ create }) => create ?? []);
  if (!offered.length) return null;
  const create = (): void => {
    if (offered.length === 1) void commands.execute(offered[0]);
    else if (frame.current) openMenu(frame.current, commands, offered);
  };
  return (
    <span ref={frame}>
      <ToolbarButtonComponent
        icon={addIcon}
        tooltip={offered.length === 1 ? commands.label(offered[0]) : trans.__('Create')}
        onClick={create}
      />
    </span>
  );
}
