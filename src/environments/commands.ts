// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** IDs of the commands for environments. */
export const EnvironmentCommands = {
  /** Takes the `name` of an environment, and a `version`. */
  open: 'jupyter-ml:open-environment',
  create: 'jupyter-ml:create-environment'
} as const;
