// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { Notice } from '../components';
import { useTrans, useVersion } from '../hooks';
import type { ICommands } from '../resources';
import { labelOf, WorkspaceCommands } from '../workspace';
import type { IWorkspaceManager } from '../workspace';

/** Which workspace has no jobs, and how to show another one. */
export function ShownWorkspace(props: { manager: IWorkspaceManager; commands: ICommands }): JSX.Element | null {
  const { manager, commands } = props;
  const trans = useTrans();
  useVersion(manager.changed);
  if (!manager.workspace) return null;
  const { name, folder } = manager.workspace;
  return (
    <Notice action={trans.__('Switch workspace')} onAction={() => commands.execute(WorkspaceCommands.switch)}>
      {trans.__('This is the workspace %1. Are your jobs in another one?', labelOf(name, folder))}
    </Notice>
  );
}
