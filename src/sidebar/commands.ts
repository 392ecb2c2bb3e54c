// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** IDs of the sidebar's commands. */
export const SidebarCommands = { show: 'jupyter-ml:show-sidebar' } as const;

/** IDs of the commands for resources of all kinds, which take a `kind` and `names`. */
export const ResourceCommands = {
  archive: 'jupyter-ml:archive-resource',
  restore: 'jupyter-ml:restore-resource',
  delete: 'jupyter-ml:delete-resource'
} as const;
