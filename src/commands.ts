// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Command IDs. Commands that act on jobs take `IJobArgs`. */
export const CommandIDs = {
  showSidebar: 'jupyter-ml:show-sidebar',
  openSettings: 'jupyter-ml:open-settings',
  openFolder: 'jupyter-ml:open-workspace-folder',
  copyTrackingUri: 'jupyter-ml:copy-tracking-uri',
  refresh: 'jupyter-ml:refresh',

  openJob: 'jupyter-ml:open-job',
  openExecutedNotebook: 'jupyter-ml:open-executed-notebook',
  saveCopy: 'jupyter-ml:save-copy',
  compareJobs: 'jupyter-ml:compare-jobs',
  cancelJob: 'jupyter-ml:cancel-job',
  cloneJob: 'jupyter-ml:clone-job',
  archiveJob: 'jupyter-ml:archive-job',
  restoreJob: 'jupyter-ml:restore-job',
  deleteJob: 'jupyter-ml:delete-job',
  withdrawRequest: 'jupyter-ml:withdraw-request',
  copyJobReference: 'jupyter-ml:copy-job-reference',

  showExperiment: 'jupyter-ml:show-experiment',
  archiveExperiment: 'jupyter-ml:archive-experiment',
  restoreExperiment: 'jupyter-ml:restore-experiment',

  runAsJob: 'jupyter-ml:run-as-job',
  createJob: 'jupyter-ml:create-job'
} as const;

/** The jobs that a command acts on; by default those that are selected in the sidebar. */
export interface IJobArgs {
  /** One job. */
  name?: string;
  /** Several jobs, for commands that support them. */
  names?: string[];
}

/** Arguments of `openJob`. */
export interface IOpenJobArgs extends IJobArgs {
  /** Which tab to show. */
  tab?: 'overview' | 'notebook' | 'metrics' | 'logs' | 'outputs';
}

/** Arguments of `runAsJob`. */
export interface IRunAsJobArgs {
  /** Contents path of the notebook; by default the current notebook. */
  path?: string;
}
