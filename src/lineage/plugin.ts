// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { definePanels, definePlugin, ICommands, IConnection } from '../resources';
import { ILinks } from '../workspace';
import { LineageCommands, openCommand } from './commands';

/** Return the reference in the arguments of the command. */
function referenceOf({ reference, name }: ReadonlyPartialJSONObject): string | undefined {
  if (typeof reference === 'string') return reference;
  return typeof name === 'string' ? `job:${name}` : undefined;
}

const lineage = definePlugin({
  id: 'jupyter-ml:lineage',
  description: 'Shows what a job or an asset came from, and what uses it.',
  requires: { commands: ICommands, connection: IConnection, links: ILinks },
  optional: { restorer: ILayoutRestorer },
  activate: (app, { connection: { api }, trans, ...services }): void => {
    const { commands } = services;
    definePanels(app, services, {
      kind: 'lineage',
      id: LineageCommands.show,
      label: trans.__('Show Lineage'),
      caption: trans.__('Show what it came from, and what uses it'),
      args: {
        reference: {
          type: 'string',
          description: 'A version of an asset, e.g. azureml:titanic:1, or the id of a node'
        },
        name: { type: 'string', description: 'The name of a job' }
      },
      get: reference => api.get('/lineage', { params: { query: { reference, depth: 1 } } }),
      subjectOf: referenceOf,
      argsOf: reference => ({ reference }),
      create: async reference =>
        (await import('./panel')).makeLineagePanel(api, reference, trans, node => {
          const [command, args] = openCommand(node);
          if (commands.registry.hasCommand(command)) commands.execute(command, args);
          else commands.execute(LineageCommands.show, { reference: node.id });
        })
    });
  }
});

export default [lineage];
