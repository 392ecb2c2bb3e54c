// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** IDs of the commands for data. */
export const DataCommands = {
  /** Takes the `name` of a data asset. */
  open: 'jupyter-ml:open-data',
  /** Takes the `path` of a file or directory, or a reference. */
  view: 'jupyter-ml:view-data',
  register: 'jupyter-ml:register-data'
} as const;
