// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { ITranslator } from '@jupyterlab/translation';

import type { Environment } from '../api';
import { lazily } from '../components';
import { definePanels, definePlugin, ICommands, IConnection, IKinds } from '../resources';
import { ILinks } from '../workspace';
import { EnvironmentCommands } from './commands';
import { followKernels } from './kernels';
import type { EnvironmentPanel } from './panel';

const EnvironmentRow = lazily(async () => (await import('./EnvironmentRow')).EnvironmentRow);
const NAME = { type: 'string', description: 'The name of an environment' } as const;

const environments = definePlugin({
  id: 'jupyter-ml:environments',
  description: 'Shows environments, and creates and builds them.',
  requires: {
    commands: ICommands,
    connection: IConnection,
    documents: IDocumentManager,
    kinds: IKinds,
    links: ILinks,
    translator: ITranslator
  },
  optional: { restorer: ILayoutRestorer },
  activate: (app, services): void => {
    const { commands, connection, kinds, trans } = services;
    const { kernelspecs, sessions } = app.serviceManager;
    kinds.setView<Environment>('environment', {
      title: trans.__('Environments'),
      empty: trans.__('An environment is a Python and its packages, with versions. Jobs and notebooks run in it.'),
      renderRow: environment => <EnvironmentRow environment={environment} />,
      create: EnvironmentCommands.create,
      commands: [EnvironmentCommands.open]
    });
    definePanels<EnvironmentPanel>(app, services, {
      kind: 'environment',
      id: EnvironmentCommands.open,
      label: trans.__('Open Environment'),
      args: { name: NAME, version: { type: 'string', description: 'Its version' } },
      get: name => connection.api.get('/environments/{name}', { params: { path: { name } } }),
      create: async (name, { version }) =>
        (await import('./actions')).makePanel(services, name, version as string | undefined),
      show: ({ model }, { version }) => version && model.select(version as string)
    });
    commands.add({
      id: EnvironmentCommands.create,
      label: trans.__('New Environment…'),
      args: { name: NAME },
      execute: async ({ name = '' }) => (await import('./actions')).create(app, sessions, services, name as string),
      palette: true
    });
    followKernels(connection.feed, kernelspecs);
  }
});

export default [environments];
