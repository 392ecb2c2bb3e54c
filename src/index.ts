// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import computes from './computes/plugin';
import dataAssets from './data/assets/plugin';
import data from './data/plugin';
import environments from './environments/plugin';
import experiments from './experiments/experiments';
import jobs from './jobs/plugins';
import lineage from './lineage/plugin';
import models from './models/plugin';
import resourceCommands from './resources/commands';
import connection from './resources/connection';
import kinds from './resources/kinds';
import sections from './sidebar/kinds';
import sidebar from './sidebar/plugin';
import workspace from './workspace/plugins';

export { ComputeCommands } from './computes/commands';
export { EnvironmentCommands } from './environments/commands';
export { ExperimentCommands } from './experiments/experiments';
export * from './jobs/commands';
export * from './jobs/tokens';
export { LineageCommands } from './lineage/commands';
export { IKinds } from './resources/kinds';
export * from './resources/tokens';
export * from './sidebar/commands';
export * from './sidebar/tokens';
export * from './workspace/commands';
export * from './workspace/tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  ...connection,
  ...resourceCommands,
  ...kinds,
  ...workspace,
  ...sidebar,
  ...sections,
  ...jobs,
  ...experiments,
  ...data,
  ...environments,
  ...models,
  ...lineage,
  ...computes,
  ...dataAssets
];

export default plugins;
