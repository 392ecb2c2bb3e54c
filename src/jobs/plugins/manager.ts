// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IStateDB } from '@jupyterlab/statedb';

import { UnsavedTexts } from '../../components';
import { definePlugin, IConnection, Selection } from '../../resources';
import { JobManager } from '../manager';
import { IJobManager, IJobSelection } from '../tokens';

const manager = definePlugin({
  id: 'jupyter-ml:jobs',
  description: 'Provides the jobs of the workspace.',
  requires: { connection: IConnection },
  optional: { state: IStateDB },
  provides: IJobManager,
  activate: (_, { connection: { api, feed }, state }): IJobManager => new JobManager(api, feed, new UnsavedTexts(state))
});

const selection = definePlugin({
  id: 'jupyter-ml:selection',
  description: 'Provides the selected jobs.',
  provides: IJobSelection,
  activate: (): IJobSelection => new Selection()
});

export default [manager, selection];
