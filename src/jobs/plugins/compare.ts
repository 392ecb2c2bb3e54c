// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CLICKED, definePanels, definePlugin, ICommands } from '../../resources';
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
  activate: (app, { jobs, targets, trans, ...services }): void => {
    const namesOf = (args: ReadonlyPartialJSONObject): string[] => [...new Set(targets.names(args))];
    definePanels(app, services, {
      kind: 'comparison',
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
      palette: true,
      get: name => jobs.get(name),
      several: true,
      subjectOf: args => namesOf(args).join(),
      argsOf: names => ({ names: names.split(',') }),
      create: async names =>
        (await import('../compare')).makeComparePanel(jobs, names.split(','), trans, {
          onOpen: name => services.commands.execute(JobCommands.open, { name }),
          onCopyLink: () => services.links.copy(`comparison/${names}`)
        })
    });
  }
});

export default [compare];
