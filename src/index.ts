// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import experiments from './experiments/plugins';
import jobs from './jobs/plugins';
import connection from './resources/connection';
import sidebar from './sidebar/plugin';
import workspace from './workspace/plugins';

export * from './experiments/tokens';
export * from './jobs/tokens';
export * from './resources/tokens';
export * from './sidebar/tokens';
export * from './workspace/tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [...connection, ...workspace, ...sidebar, ...jobs, ...experiments];

export default plugins;
