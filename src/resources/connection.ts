// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Token } from '@lumino/coreutils';

import { ApiClient } from '../api';
import { Feed } from './feed';

/** The connection to the server that all managers share. */
export interface IConnection {
  api: ApiClient;
  feed: Feed;
}

export const IConnection = new Token<IConnection>(
  'jupyter-ml:IConnection',
  'The REST client and the event feed; for managers only.'
);

const connection: JupyterFrontEndPlugin<IConnection> = {
  id: 'jupyter-ml:connection',
  description: 'Connects to the Jupyter ML server extension.',
  autoStart: true,
  provides: IConnection,
  activate: (app: JupyterFrontEnd): IConnection => {
    const settings = app.serviceManager.serverSettings;
    return { api: new ApiClient(settings), feed: new Feed(settings) };
  }
};

export default [connection];
