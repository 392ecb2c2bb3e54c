// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Token } from '@lumino/coreutils';

import { ApiClient } from '../api';
import {
  ExperimentManager,
  Feed,
  IExperimentManager,
  IJobManager,
  IJobSelection,
  IWorkspaceManager,
  JobManager,
  JobSelection,
  WorkspaceManager
} from '../managers';

/** The connection that the managers share. */
interface IConnection {
  api: ApiClient;
  feed: Feed;
}

const IConnection = new Token<IConnection>(
  'jupyter-ml:IConnection',
  'The REST client and the event feed; for managers only.'
);

const connections: JupyterFrontEndPlugin<IConnection> = {
  id: 'jupyter-ml:connection',
  description: 'Connects to the Jupyter ML server extension.',
  autoStart: true,
  provides: IConnection,
  activate: (app: JupyterFrontEnd): IConnection => {
    const settings = app.serviceManager.serverSettings;
    return { api: new ApiClient(settings), feed: new Feed(settings) };
  }
};

const jobs: JupyterFrontEndPlugin<IJobManager> = {
  id: 'jupyter-ml:jobs',
  description: 'Provides the jobs of the workspace.',
  autoStart: true,
  requires: [IConnection],
  provides: IJobManager,
  activate: (_: JupyterFrontEnd, connection: IConnection): IJobManager =>
    new JobManager(connection.api, connection.feed)
};

const experiments: JupyterFrontEndPlugin<IExperimentManager> = {
  id: 'jupyter-ml:experiments',
  description: 'Provides the experiments of the workspace.',
  autoStart: true,
  requires: [IConnection],
  provides: IExperimentManager,
  activate: (_: JupyterFrontEnd, connection: IConnection): IExperimentManager =>
    new ExperimentManager(connection.api, connection.feed)
};

const workspace: JupyterFrontEndPlugin<IWorkspaceManager> = {
  id: 'jupyter-ml:workspace',
  description: 'Provides the workspace that the server has open.',
  autoStart: true,
  requires: [IConnection],
  provides: IWorkspaceManager,
  activate: (_: JupyterFrontEnd, connection: IConnection): IWorkspaceManager =>
    new WorkspaceManager(connection.api, connection.feed)
};

const selection: JupyterFrontEndPlugin<IJobSelection> = {
  id: 'jupyter-ml:selection',
  description: 'Provides the selected jobs.',
  autoStart: true,
  provides: IJobSelection,
  activate: (): IJobSelection => new JobSelection()
};

export default [connections, selection, jobs, experiments, workspace];
