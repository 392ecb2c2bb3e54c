// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs } from '../commands';
import { visible, withErrorDialog } from '../components';
import { CLICKED, ContextTarget } from '../resources';
import { ISidebar } from '../sidebar';
import { IExperimentManager } from './tokens';

const ARGS = {
  args: {
    type: 'object',
    properties: {
      name: { type: 'string', description: 'The name of an experiment' },
      ...CLICKED
    }
  }
} as const;

const commands: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:experiment-commands',
  description: 'Commands for experiments: show their jobs, archive, restore.',
  autoStart: true,
  requires: [ITranslator, IExperimentManager, ISidebar],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    experiments: IExperimentManager,
    sidebar: ISidebar
  ): void => {
    const trans = translator.load('jupyter_ml');
    const target = new ContextTarget('experiment');
    const nameOf = ({ name, clicked }: ReadonlyPartialJSONObject): string | undefined =>
      clicked ? target.name : (name as string | undefined);
    const isEnabled = (args: ReadonlyPartialJSONObject): boolean => nameOf(args) !== undefined;
    const archived = (): boolean => sidebar.filter.includes('is:archived');

    const run = (act: () => Promise<unknown>): Promise<unknown> => withErrorDialog(trans.__('Experiment'), trans, act);
    const archive = async (name: string): Promise<void> => {
      await experiments.archive(name);
      Notification.info(trans.__('%1 is archived', visible(name)), {
        autoClose: 5_000,
        actions: [{ label: trans.__('Undo'), callback: () => void run(() => experiments.restore(name)) }]
      });
    };

    app.commands.addCommand(CommandIDs.showExperiment, {
      label: trans.__('Show Jobs of Experiment'),
      describedBy: ARGS,
      isEnabled,
      execute: args => {
        const name = nameOf(args) ?? '';
        sidebar.setFilter(`experiment:${/\s/.test(name) ? `"${name}"` : name}`);
      }
    });
    app.commands.addCommand(CommandIDs.archiveExperiment, {
      label: trans.__('Archive Experiment'),
      describedBy: ARGS,
      isEnabled,
      isVisible: () => !archived(),
      execute: args => run(() => archive(nameOf(args) ?? ''))
    });
    app.commands.addCommand(CommandIDs.restoreExperiment, {
      label: trans.__('Restore Experiment'),
      describedBy: ARGS,
      isEnabled,
      isVisible: archived,
      execute: args => run(() => experiments.restore(nameOf(args) ?? ''))
    });
  }
};

export default [commands];
