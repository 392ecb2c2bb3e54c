// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import compare from './plugins/compare';
import documents from './plugins/documents';
import experimentCommands from './plugins/experimentCommands';
import forms from './plugins/forms';
import jobCommands from './plugins/jobCommands';
import jobPanel from './plugins/jobPanel';
import managers from './plugins/managers';
import notifications from './plugins/notifications';
import sidebar from './plugins/sidebar';
import statusbar from './plugins/statusbar';
import targets from './plugins/targets';

export * from './managers/tokens';
export * from './sidebar/tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  ...managers,
  ...targets,
  ...documents,
  ...sidebar,
  ...experimentCommands,
  ...jobCommands,
  ...jobPanel,
  ...forms,
  ...compare,
  ...statusbar,
  ...notifications
];

export default plugins;
