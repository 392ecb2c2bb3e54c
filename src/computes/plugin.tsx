// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';

import type { ComputeInfo as Compute } from '../api';
import { lazily } from '../components';
import {
  CLICKED,
  definePanels,
  definePlugin,
  ICommands,
  IConnection,
  IKinds,
  namedOrClicked,
  Panels
} from '../resources';
import { ILinks } from '../workspace';
import { ComputeCommands } from './commands';

const ComputeRow = lazily(async () => (await import('./ComputeRow')).ComputeRow);
const NAME = { name: { type: 'string', description: 'The name of a compute' } } as const;

const computes = definePlugin({
  id: 'jupyter-ml:computes',
  description: 'Shows computes, and creates, starts and stops them.',
  requires: { commands: ICommands, connection: IConnection, kinds: IKinds, links: ILinks },
  optional: { restorer: ILayoutRestorer },
  activate: (app, services): void => {
    const { commands, connection, kinds, trans } = services;
    const forms = new Panels(app, 'jupyter-ml-compute-form');
    const nameOf = namedOrClicked('compute');
    kinds.setView<Compute>('compute', {
      title: trans.__('Compute'),
      empty: trans.__('A compute is where jobs run.'),
      renderRow: compute => <ComputeRow compute={compute} />,
      create: ComputeCommands.create,
      commands: [ComputeCommands.open, ComputeCommands.start, ComputeCommands.stop, ComputeCommands.restart]
    });
    definePanels(app, services, {
      kind: 'compute',
      id: ComputeCommands.open,
      label: trans.__('Open Compute'),
      args: NAME,
      get: name => connection.api.get('/computes/{name}', { params: { path: { name } } }),
      create: async name => (await import('./actions')).makePanel(app, { ...services, forms }, name)
    });
    commands.add({
      id: ComputeCommands.create,
      label: trans.__('New Compute…'),
      execute: async () => (await import('./actions')).create({ ...services, forms }),
      palette: true
    });
    const labels = {
      start: trans.__('Start Compute'),
      stop: trans.__('Stop Compute'),
      restart: trans.__('Restart Compute')
    };
    for (const action of ['start', 'stop', 'restart'] as const) {
      commands.add({
        id: ComputeCommands[action],
        label: labels[action],
        args: { ...NAME, ...CLICKED },
        isEnabled: args => nameOf(args) !== undefined,
        execute: async args => (await import('./actions')).request(connection.api, action, nameOf(args) ?? '')
      });
    }
  }
});

export default [computes];
