// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';

import { IConnection } from '../resources';
import { ISidebar } from '../sidebar';
import commands from './commands';
import { ExperimentManager } from './manager';
import { makeExperimentsSection } from './section';
import { IExperimentManager } from './tokens';

const manager: JupyterFrontEndPlugin<IExperimentManager> = {
  id: 'jupyter-ml:experiments',
  description: 'Provides the experiments of the workspace.',
  autoStart: true,
  requires: [IConnection],
  provides: IExperimentManager,
  activate: (_: JupyterFrontEnd, connection: IConnection): IExperimentManager =>
    new ExperimentManager(connection.api, connection.feed)
};

const section: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:experiments-section',
  description: 'Shows experiments in the sidebar.',
  autoStart: true,
  requires: [ITranslator, ISidebar, IExperimentManager],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    sidebar: ISidebar,
    experiments: IExperimentManager
  ): void => {
    sidebar.add(makeExperimentsSection(sidebar, experiments, app.commands, translator.load('jupyter_ml')));
  }
};

export default [manager, section, ...commands];
