// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { CommandRegistry } from '@lumino/commands';

import type { RecentWorkspace } from '../api';
import { openMenu } from '../resources';
import type { IMenuEntry } from '../resources';
import { labelOf, WorkspaceCommands } from '../workspace';
import type { IWorkspaceManager } from '../workspace';

/** Open the menu of the workspace: recent workspaces, and commands for the current one. */
export async function openWorkspaceMenu(
  anchor: HTMLElement,
  commands: CommandRegistry,
  manager: IWorkspaceManager
): Promise<void> {
  const others = await manager.others().catch(() => []); // the other commands work without the server
  const { workspace } = manager;
  const known: RecentWorkspace[] = workspace ? [{ name: workspace.name, folder: workspace.folder }, ...others] : others;
  const entries = known.map(({ name, folder }): IMenuEntry => ({
    command: WorkspaceCommands.switch,
    args: { folder, label: labelOf(name, folder) }
  }));
  openMenu(anchor, commands, [
    ...entries,
    null,
    WorkspaceCommands.openWorkspace,
    null,
    WorkspaceCommands.openFolder,
    WorkspaceCommands.copyTrackingUri,
    WorkspaceCommands.openSettings
  ]);
}
