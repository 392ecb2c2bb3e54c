// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILayoutRestorer } from '@jupyterlab/application';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { Model } from '../api';
import { lazily } from '../components';
import { JobCommands } from '../jobs/commands';
import { CLICKED, ContextTarget, definePlugin, ICommands, IConnection, IKinds, Panels } from '../resources';
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
    const { commands, kinds, links, restorer, trans } = services;
    const panels = new Panels<ModelPanel>(app, 'jupyter-ml-model');
    const target = new ContextTarget('model');
    const nameOf = ({ name, clicked }: ReadonlyPartialJSONObject): string | undefined =>
      clicked ? target.name : (name as string | undefined);
    kinds.setView<Model>('model', {
      title: trans.__('Models'),
      empty: trans.__('A registered model has a name and versions. Register a model that a job has logged.'),
      renderRow: model => <ModelRow model={model} />,
      commands: [ModelCommands.open]
    });
    commands.add({
      id: ModelCommands.open,
      label: trans.__('Open Model'),
      args: { name: NAME, version: { type: 'string', description: 'Its version' }, ...CLICKED },
      isEnabled: args => nameOf(args) !== undefined,
      execute: async args => {
        const name = nameOf(args);
        if (!name || links.leave(`model/${name}`)) return;
        await (await import('./actions')).openModel(services, panels, name, args.version as string | undefined);
      }
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
    links.add('model', {
      get: name => kinds.manager('model').get(name),
      open: ([name]) => commands.execute(ModelCommands.open, { name })
    });
    panels.restore(restorer, ModelCommands.open, ({ model }) => ({ name: model.name }));
  }
});

export default [models];
