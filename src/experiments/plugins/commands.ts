// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { visible, withErrorDialog } from '../../components';
import { CLICKED, ContextTarget, definePlugin, ICommands } from '../../resources';
import { filterTerm, ISidebar } from '../../sidebar';
import { ExperimentCommands } from '../commands';
import { IExperimentManager } from '../tokens';

const ARGS = { name: { type: 'string', description: 'The name of an experiment' }, ...CLICKED };

const commands = definePlugin({
  id: 'jupyter-ml:experiment-commands',
  description: 'Commands for experiments: show their jobs, archive, restore.',
  requires: { commands: ICommands, experiments: IExperimentManager, sidebar: ISidebar },
  activate: (_, { commands, experiments, sidebar, trans }): void => {
    const target = new ContextTarget('experiment');
    const nameOf = ({ name, clicked }: ReadonlyPartialJSONObject): string | undefined =>
      clicked ? target.name : (name as string | undefined);
    const isEnabled = (args: ReadonlyPartialJSONObject): boolean => nameOf(args) !== undefined;
    const archived = (args: ReadonlyPartialJSONObject): boolean =>
      experiments.peek(nameOf(args) ?? '')?.archived ?? false;
    const restore = (name: string): Promise<unknown> => experiments.restore(name);
    const archive = async (name: string): Promise<void> => {
      await experiments.archive(name);
      const undo = (): void => void withErrorDialog(trans.__('Restore Experiment'), trans, () => restore(name));
      Notification.info(trans.__('%1 is archived', visible(name)), {
        autoClose: 5_000,
        actions: [{ label: trans.__('Undo'), callback: undo }]
      });
    };

    commands.add({
      id: ExperimentCommands.show,
      label: trans.__('Show Jobs of Experiment'),
      args: ARGS,
      isEnabled,
      execute: args => {
        const name = nameOf(args) ?? '';
        sidebar.setFilter(filterTerm('experiment', name));
      }
    });
    commands.add({
      id: ExperimentCommands.archive,
      label: trans.__('Archive Experiment'),
      args: ARGS,
      isEnabled,
      isVisible: args => !archived(args),
      execute: args => archive(nameOf(args) ?? '')
    });
    commands.add({
      id: ExperimentCommands.restore,
      label: trans.__('Restore Experiment'),
      args: ARGS,
      isEnabled,
      isVisible: archived,
      execute: args => restore(nameOf(args) ?? '')
    });
  }
});

export default [commands];
