// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { definePlugin, ICommands, IConnection } from '../../resources';
import { ISidebar } from '../../sidebar';
import { ExperimentManager } from '../manager';
import { makeExperimentsSection } from '../section';
import { IExperimentManager } from '../tokens';
import commands from './commands';
import runs from './runs';

const manager = definePlugin({
  id: 'jupyter-ml:experiments',
  description: 'Provides the experiments of the workspace.',
  requires: { connection: IConnection },
  provides: IExperimentManager,
  activate: (_, { connection: { api, feed } }): IExperimentManager => new ExperimentManager(api, feed)
});

const section = definePlugin({
  id: 'jupyter-ml:experiments-section',
  description: 'Shows experiments in the sidebar.',
  requires: { commands: ICommands, sidebar: ISidebar, experiments: IExperimentManager },
  activate: (_, { commands, sidebar, experiments, trans }): void => {
    sidebar.add(makeExperimentsSection(sidebar, experiments, commands, trans));
  }
});

export default [manager, section, ...commands, ...runs];
