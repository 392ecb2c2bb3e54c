// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs } from '../commands';
import { visible } from '../components';
import { IExperimentManager } from '../managers';
import { ISidebar } from '../sidebar/tokens';
import { withErrorDialog } from './withErrorDialog';
import { CLICKED, ITargets } from './targets';

const ARGS = {
  args: {
    type: 'object',
    properties: {
      name: { type: 'string', description: 'The name of an experiment' },
      ...CLICKED
    }
  }
} as const;

const experimentCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:experiment-commands',
  description: 'Commands for experiments: show their jobs, archive, restore.',
  autoStart: true,
  requires: [ITranslator, IExperimentManager, ITargets, ISidebar],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    experiments: IExperimentManager,
    targets: ITargets,
    sidebar: ISidebar
  ): void => {
    const { commands } = app;
    const trans = translator.load('jupyter_ml');
    const isEnabled = (args: ReadonlyPartialJSONObject): boolean => targets.experiment(args) !== undefined;
    const archived = (): boolean => sidebar.filter.includes('is:archived');

    const run = (act: () => Promise<unknown>): Promise<unknown> => withErrorDialog(trans.__('Experiment'), trans, act);
    const archive = async (name: string): Promise<void> => {
      await experiments.archive(name);
      Notification.info(trans.__('%1 is archived', visible(name)), {
        autoClose: 5_000,
        actions: [{ label: trans.__('Undo'), callback: () => void run(() => experiments.restore(name)) }]
      });
    };

    commands.addCommand(CommandIDs.showExperiment, {
      label: trans.__('Show Jobs of Experiment'),
      describedBy: ARGS,
      isEnabled,
      execute: args => {
        const name = targets.experiment(args) ?? '';
        sidebar.setFilter(`experiment:${/\s/.test(name) ? `"${name}"` : name}`);
      }
    });
    commands.addCommand(CommandIDs.archiveExperiment, {
      label: trans.__('Archive Experiment'),
      describedBy: ARGS,
      isEnabled,
      isVisible: () => !archived(),
      execute: args => run(() => archive(targets.experiment(args) ?? ''))
    });
    commands.addCommand(CommandIDs.restoreExperiment, {
      label: trans.__('Restore Experiment'),
      describedBy: ARGS,
      isEnabled,
      isVisible: archived,
      execute: args => run(() => experiments.restore(targets.experiment(args) ?? ''))
    });
  }
};

export default [experimentCommands];
