// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import commands from './commands';
import compare from './compare';
import documents from './documents';
import form from './form';
import manager from './manager';
import notifications from './notifications';
import panel from './panel';
import parameters from './parameters';
import rerun from './rerun';
import section from './section';
import statusbar from './statusbar';
import targets from './targets';

export default [
  ...manager,
  ...targets,
  ...documents,
  ...section,
  ...commands,
  ...panel,
  ...rerun,
  ...form,
  ...parameters,
  ...compare,
  ...statusbar,
  ...notifications
];
