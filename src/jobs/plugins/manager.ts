// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { definePlugin, IConnection, Selection } from '../../resources';
import { JobManager } from '../manager';
import { IJobManager, IJobSelection } from '../tokens';

const manager = definePlugin({
  id: 'jupyter-ml:jobs',
  description: 'Provides the jobs of the workspace.',
  requires: { connection: IConnection },
  provides: IJobManager,
  activate: (_, { connection: { api, feed } }): IJobManager => new JobManager(api, feed)
});

const selection = definePlugin({
  id: 'jupyter-ml:selection',
  description: 'Provides the selected jobs.',
  provides: IJobSelection,
  activate: (): IJobSelection => new Selection()
});

export default [manager, selection];
