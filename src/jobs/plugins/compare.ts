// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIDs } from '../../commands';
import { withErrorDialog } from '../../components';
import { CLICKED } from '../../resources';
import { IJobManager } from '../tokens';
import { ITargets } from './targets';

const MOST = 20;

const compare: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-ml:compare',
  description: 'Compares jobs side by side.',
  autoStart: true,
  requires: [ITranslator, IJobManager, ITargets],
  optional: [ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    jobs: IJobManager,
    targets: ITargets,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const { commands, shell } = app;
    const trans = translator.load('jupyter_ml');
    const tracker = new WidgetTracker<MainAreaWidget>({ namespace: 'jupyter-ml-compare' });
    const shown = new Map<string, string[]>();
    const namesOf = (args: ReadonlyPartialJSONObject): string[] => [...new Set(targets.names(args))];
    const label = trans.__('Compare Jobs');
    commands.addCommand(CommandIDs.compareJobs, {
      label: args => targets.label(label, args),
      caption: trans.__('Compare 2 to 20 jobs side by side'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            names: {
              type: 'array',
              items: { type: 'string' },
              description: 'The names of the jobs; by default the selected ones'
            },
            ...CLICKED
          }
        }
      },
      isEnabled: args => namesOf(args).length >= 2 && namesOf(args).length <= MOST,
      execute: async args => {
        const names = namesOf(args);
        const loaded = await withErrorDialog(label, trans, () => import('../compare'));
        if (!names.length || !loaded) return;
        const { makeComparePanel } = loaded;
        const open = (name: string): void => void commands.execute(CommandIDs.openJob, { name });
        const id = `jp-MLCompare-${names.join('-')}`;
        if (!tracker.find(panel => panel.id === id)) {
          const panel = makeComparePanel(jobs, names, trans, open);
          shown.set(id, names);
          panel.disposed.connect(() => shown.delete(id));
          shell.add(panel, 'main', { type: 'Machine Learning' });
          await tracker.add(panel);
        }
        shell.activateById(id);
      }
    });
    palette?.addItem({ command: CommandIDs.compareJobs, category: trans.__('Machine Learning') });
    void restorer?.restore(tracker, {
      command: CommandIDs.compareJobs,
      args: panel => ({ names: shown.get(panel.id) ?? [] }),
      name: panel => panel.id
    });
  }
};

export default [compare];
