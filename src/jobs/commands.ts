// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** IDs of the commands for jobs, which take `IJobArgs`. */
export const JobCommands = {
  open: 'jupyter-ml:open-job',
  openExecutedNotebook: 'jupyter-ml:open-executed-notebook',
  saveCopy: 'jupyter-ml:save-copy',
  compare: 'jupyter-ml:compare-jobs',
  cancel: 'jupyter-ml:cancel-job',
  cancelQueued: 'jupyter-ml:cancel-queued-jobs',
  rerun: 'jupyter-ml:rerun-job',
  rerunSnapshot: 'jupyter-ml:rerun-snapshot',
  clone: 'jupyter-ml:clone-job',
  archive: 'jupyter-ml:archive-job',
  restore: 'jupyter-ml:restore-job',
  delete: 'jupyter-ml:delete-job',
  withdraw: 'jupyter-ml:withdraw-request',
  star: 'jupyter-ml:star-job',
  unstar: 'jupyter-ml:unstar-job',
  rename: 'jupyter-ml:rename-job',
  editNote: 'jupyter-ml:edit-job-note',
  copyReference: 'jupyter-ml:copy-job-reference',
  registerModel: 'jupyter-ml:register-model',
  run: 'jupyter-ml:run-as-job',
  runCells: 'jupyter-ml:run-selected-cells',
  create: 'jupyter-ml:create-job',
  markParameters: 'jupyter-ml:mark-parameters'
} as const;

/** The jobs that a command acts on; by default those that are selected in the sidebar. */
export interface IJobArgs {
  /** One job. */
  name?: string;
  /** Several jobs, for commands that support them. */
  names?: string[];
}

/** Arguments of `JobCommands.open`. */
export interface IOpenJobArgs extends IJobArgs {
  /** Which tab to show. */
  tab?: 'overview' | 'notebook' | 'metrics' | 'logs' | 'outputs';
}

/** Arguments of `JobCommands.run`. */
export interface IRunAsJobArgs {
  /** Contents path of a notebook, script or job file; by default of the current document. */
  path?: string;
}
