// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** IDs of the commands for computes, which take the `name` of a compute. */
export const ComputeCommands = {
  open: 'jupyter-ml:open-compute',
  /** Takes no name. */
  create: 'jupyter-ml:create-compute',
  start: 'jupyter-ml:start-compute',
  stop: 'jupyter-ml:stop-compute',
  restart: 'jupyter-ml:restart-compute'
} as const;
