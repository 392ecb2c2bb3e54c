// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { definePlugin, IConnection } from '../../resources';
import { WorkspaceManager } from '../manager';
import { IWorkspaceManager } from '../tokens';

const manager = definePlugin({
  id: 'jupyter-ml:workspace',
  description: 'Provides the workspace that the server has open.',
  requires: { connection: IConnection },
  provides: IWorkspaceManager,
  activate: (_, { connection: { api, feed } }): IWorkspaceManager => new WorkspaceManager(api, feed)
});

export default [manager];
