// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { IConnection, Selection } from '../../resources';
import { JobManager } from '../manager';
import { IJobManager, IJobSelection } from '../tokens';

const manager: JupyterFrontEndPlugin<IJobManager> = {
  id: 'jupyter-ml:jobs',
  description: 'Provides the jobs of the workspace.',
  autoStart: true,
  requires: [IConnection],
  provides: IJobManager,
  activate: (_: JupyterFrontEnd, connection: IConnection): IJobManager =>
    new JobManager(connection.api, connection.feed)
};

const selection: JupyterFrontEndPlugin<IJobSelection> = {
  id: 'jupyter-ml:selection',
  description: 'Provides the selected jobs.',
  autoStart: true,
  provides: IJobSelection,
  activate: (): IJobSelection => new Selection()
};

export default [manager, selection];
