// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Session } from '@jupyterlab/services';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import type { Environment } from '../api';
import { choosePath } from '../data/assets/choosing';
import { JobCommands } from '../jobs/commands';
import { LineageCommands } from '../lineage/commands';
import { Panels } from '../resources';
import type { ICommands, IConnection, IKinds } from '../resources';
import { EnvironmentCommands } from './commands';
import type { IKernel } from './creation';
import { createEnvironment } from './creation';
import { EnvironmentModel } from './model';
import { EnvironmentPanel, makeFormPanel } from './panel';

/** What panels of environments use. */
export interface IEnvironmentServices {
  commands: ICommands;
  connection: IConnection;
  documents: IDocumentManager;
  kinds: IKinds;
  translator: ITranslator;
  trans: TranslationBundle;
}

/** Create the panel of an environment, with a version in it; by default the latest one. */
export async function makePanel(
  { commands, connection, kinds, trans }: IEnvironmentServices,
  name: string,
  version?: string
): Promise<EnvironmentPanel> {
  if (!kinds.all.length) await new Promise<void>(done => kinds.loaded.connect(() => done())); // the page has just opened
  const model = new EnvironmentModel(connection.api, kinds.manager<Environment>('environment'), name, version);
  return new EnvironmentPanel(model, trans, {
    onOpenJob: job => commands.execute(JobCommands.open, { name: job }),
    onShowLineage: shown => commands.execute(LineageCommands.show, { reference: `environment:${name}:${shown}` }),
    onCreate: () => commands.execute(EnvironmentCommands.create, { name })
  });
}

/** Show the form that creates an environment, or a version of one. */
export async function create(
  app: JupyterFrontEnd,
  sessions: Session.IManager,
  services: IEnvironmentServices,
  name: string
): Promise<void> {
  const { commands, connection, trans } = services;
  const kernels = await runningKernels(sessions);
  await new Panels(app, 'jupyter-ml-environment-form').open('jp-MLEnvironmentForm', () =>
    makeFormPanel(trans, {
      name,
      kernels,
      choose: () => choosePath(false, services, undefined),
      create: async given => {
        const created = await createEnvironment(connection.api, given);
        commands.execute(EnvironmentCommands.open, { name: created.name, version: created.version });
      }
    })
  );
}

/** Return the kernels of open notebooks and consoles. */
async function runningKernels(sessions: Session.IManager): Promise<IKernel[]> {
  await sessions.refreshRunning();
  return [...sessions.running()].flatMap(({ kernel, path, name }) =>
    kernel ? [{ id: kernel.id, label: `${name || path} (${kernel.name})` }] : []
  );
}
