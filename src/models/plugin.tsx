// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';

import type { Model } from '../api';
import { lazily } from '../components';
import { JobCommands } from '../jobs/commands';
import { definePanels, definePlugin, ICommands, IConnection, IKinds } from '../resources';
import { ILinks } from '../workspace';
import type { ModelPanel } from './panel';

/** IDs of the commands for models. */
export const ModelCommands = {
  open: 'jupyter-ml:open-model',
  register: JobCommands.registerModel
} as const;

const NAME = { type: 'string', description: 'The name of a model' } as const;
const ModelRow = lazily(async () => (await import('./ModelRow')).ModelRow);

const models = definePlugin({
  id: 'jupyter-ml:models',
  description: 'Shows registered models, and registers models.',
  requires: {
    commands: ICommands,
    connection: IConnection,
    kinds: IKinds,
    links: ILinks,
    rendermime: IRenderMimeRegistry
  },
  optional: { restorer: ILayoutRestorer, languages: IEditorLanguageRegistry },
  activate: (app, services): void => {
    const { commands, kinds, trans } = services;
    kinds.setView<Model>('model', {
      title: trans.__('Models'),
      empty: trans.__('A registered model has a name and versions. Register a model that a job has logged.'),
      renderRow: model => <ModelRow model={model} />,
      create: ModelCommands.register,
      commands: [ModelCommands.open]
    });
    definePanels<ModelPanel>(app, services, {
      kind: 'model',
      id: ModelCommands.open,
      label: trans.__('Open Model'),
      args: { name: NAME, version: { type: 'string', description: 'Its version' } },
      get: name => services.connection.api.get('/models/{name}', { params: { path: { name } } }),
      create: async (name, { version }) =>
        (await import('./actions')).makeModelPanel(services, name, version as string | undefined),
      show: ({ model }, { version }) => version && model.select(version as string)
    });
    commands.add({
      id: ModelCommands.register,
      label: trans.__('Register Model…'),
      args: { path: { type: 'string', description: 'What to register' }, name: NAME },
      execute: async ({ path = '', name = '' }) => {
        const { register } = await import('./actions');
        const found = await register(services, path as string, name as string);
        if (found) commands.execute(ModelCommands.open, { name: found.name, version: found.version });
      },
      palette: true
    });
  }
});

export default [models];
