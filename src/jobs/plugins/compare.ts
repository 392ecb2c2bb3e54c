// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CLICKED, definePlugin, ICommands, Panels } from '../../resources';
import { ILinks } from '../../workspace';
import { JobCommands } from '../commands';
import { IJobManager } from '../tokens';
import { ITargets } from './targets';

const MOST = 20;

const compare = definePlugin({
  id: 'jupyter-ml:compare',
  description: 'Compares jobs side by side.',
  requires: { commands: ICommands, jobs: IJobManager, targets: ITargets, links: ILinks },
  optional: { restorer: ILayoutRestorer },
  activate: (app, { commands, jobs, targets, links, restorer, trans }): void => {
    const panels = new Panels<MainAreaWidget>(app, 'jupyter-ml-compare');
    const shown = new Map<string, string[]>();
    const namesOf = (args: ReadonlyPartialJSONObject): string[] => [...new Set(targets.names(args))];
    commands.add({
      id: JobCommands.compare,
      label: args => targets.label(trans.__('Compare Jobs'), args),
      caption: trans.__('Compare 2 to 20 jobs side by side'),
      args: {
        names: {
          type: 'array',
          items: { type: 'string' },
          description: 'The names of the jobs; by default the selected ones'
        },
        ...CLICKED
      },
      isEnabled: args => namesOf(args).length >= 2 && namesOf(args).length <= MOST,
      execute: async args => {
        const names = namesOf(args);
        const link = `comparison/${names.join()}`;
        if (!names.length || links.leave(link)) return;
        const { makeComparePanel } = await import('../compare');
        const id = `jp-MLCompare-${names.join('-')}`;
        const create = (): MainAreaWidget => {
          const panel = makeComparePanel(jobs, names, trans, {
            onOpen: name => commands.execute(JobCommands.open, { name }),
            onCopyLink: () => links.copy(link)
          });
          shown.set(id, names);
          panel.disposed.connect(() => shown.delete(id));
          return panel;
        };
        await panels.open(id, create, link);
      },
      palette: true
    });
    links.add('comparison', {
      get: name => jobs.get(name),
      several: true,
      open: names => commands.execute(JobCommands.compare, { names: [...names] })
    });
    panels.restore(restorer, JobCommands.compare, ({ id }) => ({ names: shown.get(id) ?? [] }));
  }
});

export default [compare];
