// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Model } from '../api';
import type { ICommands, IConnection, IKinds } from '../resources';
import { registerModel } from './form';
import { RegisteredModel } from './model';
import { nameFor } from './names';
import { ModelPanel } from './panel';

/** What panels of models use. */
export interface IModelServices {
  commands: ICommands;
  connection: IConnection;
  kinds: IKinds;
  rendermime: IRenderMimeRegistry;
  languages: IEditorLanguageRegistry | null;
  trans: TranslationBundle;
}

/** Create the panel of a model, with a version in it; by default the latest one. */
export async function makeModelPanel(services: IModelServices, name: string, version?: string): Promise<ModelPanel> {
  const { commands, connection, kinds, rendermime, languages, trans } = services;
  if (!kinds.all.length) await new Promise<void>(done => kinds.loaded.connect(() => done())); // the page has just opened
  const open = (path: string): void => commands.execute('docmanager:open', { path });
  const tools = { rendermime, commands: commands.registry, languages, openSource: null, open };
  return new ModelPanel(
    new RegisteredModel(connection.api, kinds.manager<Model>('model'), name, version),
    tools,
    trans
  );
}

/** Ask for the fields of a version, and register it; null if the user cancels. */
export async function register(
  { connection: { api }, trans }: IModelServices,
  path: string,
  name: string
): Promise<Model | null> {
  const known = await api.get('/models', { params: { query: { limit: 1_000 } } });
  const names = known.items.map(each => each.name);
  return registerModel(api, { path, name: nameFor(name || path) }, names, trans);
}
