// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** IDs of the workspace's commands. */
export const WorkspaceCommands = {
  openSettings: 'jupyter-ml:open-settings',
  openFolder: 'jupyter-ml:open-workspace-folder',
  copyTrackingUri: 'jupyter-ml:copy-tracking-uri',
  refresh: 'jupyter-ml:refresh',
  copyLink: 'jupyter-ml:copy-link',
  openLink: 'jupyter-ml:open-link',
  switch: 'jupyter-ml:switch-workspace',
  openWorkspace: 'jupyter-ml:open-workspace'
} as const;
