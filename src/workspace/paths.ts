// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { WorkspaceInfo } from '../api';
import { visible } from '../components';

/** Return the contents path of a file on the server; null if it is outside the server's root. */
export function contentsPath(workspace: WorkspaceInfo | null, path: string): string | null {
  const { root } = workspace ?? {};
  return root && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}

/** Return the directory that contains a workspace, which users know it by. */
export function placeOf(folder: string): string {
  return folder.replace(/\/\.jupyter-ml$/, '') || '/';
}

/** Return the name of a workspace, and where it is. */
export function labelOf(name: string, folder: string): string {
  return `${visible(name)} (${visible(placeOf(folder))})`;
}
