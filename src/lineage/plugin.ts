// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { definePlugin, ICommands, IConnection, Panels } from '../resources';
import { ILinks } from '../workspace';
import { LineageCommands, openCommand } from './commands';

/** Return the reference in the arguments of the command; null if there is none. */
function referenceOf({ reference, name }: ReadonlyPartialJSONObject): string | null {
  if (typeof reference === 'string') return reference;
  return typeof name === 'string' ? `job:${name}` : null;
}

const lineage = definePlugin({
  id: 'jupyter-ml:lineage',
  description: 'Shows what a job or an asset came from, and what uses it.',
  requires: { commands: ICommands, connection: IConnection, links: ILinks },
  optional: { restorer: ILayoutRestorer },
  activate: (app, { commands, connection: { api }, links, restorer, trans }): void => {
    const panels = new Panels<MainAreaWidget>(app, 'jupyter-ml-lineage');
    const shown = new Map<string, string>();
    commands.add({
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
      isEnabled: args => referenceOf(args) !== null,
      execute: async args => {
        const reference = referenceOf(args);
        if (reference === null) return;
        const link = `lineage/${reference}`;
        if (links.leave(link)) return;
        const { makeLineagePanel } = await import('./panel');
        const id = `jp-MLLineage-${reference}`;
        const create = (): MainAreaWidget => {
          shown.set(id, reference);
          return makeLineagePanel(api, reference, trans, node => {
            const [command, args] = openCommand(node);
            if (commands.registry.hasCommand(command)) commands.execute(command, args);
            else commands.execute(LineageCommands.show, { reference: node.id });
          });
        };
        await panels.open(id, create, link);
      }
    });
    links.add('lineage', {
      get: reference => api.get('/lineage', { params: { query: { reference, depth: 1 } } }),
      open: ([reference]) => commands.execute(LineageCommands.show, { reference })
    });
    panels.restore(restorer, LineageCommands.show, ({ id }) => ({ reference: shown.get(id) }));
  }
});

export default [lineage];
