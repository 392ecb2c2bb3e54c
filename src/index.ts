// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import experiments from './experiments/plugins';
import jobs from './jobs/plugins';
import resourceCommands from './resources/commands';
import connection from './resources/connection';
import sidebar from './sidebar/plugin';
import workspace from './workspace/plugins';

export * from './experiments/commands';
export * from './experiments/tokens';
export * from './jobs/commands';
export * from './jobs/tokens';
export * from './resources/tokens';
export * from './sidebar/commands';
export * from './sidebar/tokens';
export * from './workspace/commands';
export * from './workspace/tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  ...connection,
  ...resourceCommands,
  ...workspace,
  ...sidebar,
  ...jobs,
  ...experiments
];

export default plugins;
