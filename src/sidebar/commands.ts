// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** IDs of the sidebar's commands. */
export const SidebarCommands = { show: 'jupyter-ml:show-sidebar' } as const;
