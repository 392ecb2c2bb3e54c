// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** IDs of the commands for experiments, which take the `name` of an experiment. */
export const ExperimentCommands = {
  open: 'jupyter-ml:open-experiment',
  show: 'jupyter-ml:show-experiment',
  archive: 'jupyter-ml:archive-experiment',
  restore: 'jupyter-ml:restore-experiment'
} as const;
