// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { WorkspaceInfo } from '../api';

/** Return the contents path of a file on the server; null if it is outside the server's root. */
export function contentsPath(workspace: WorkspaceInfo | null, path: string): string | null {
  const { root } = workspace ?? {};
  return root && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
}
