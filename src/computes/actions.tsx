// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import type { ApiClient, ComputeInfo as Compute } from '../api';
import { mlIcon, visible } from '../components';
import { TransContext } from '../hooks';
import { JobCommands } from '../jobs/commands';
import type { ICommands, IConnection, IKinds, Panels } from '../resources';
import { ResourceCommands } from '../sidebar/commands';
import { ComputeCommands } from './commands';
import { ComputeForm } from './ComputeForm';
import type { IKernels } from './ComputeKernels';
import { ComputeView } from './ComputeView';
import type { Action } from './ComputeView';
import { ComputeFormModel } from './formModel';
import { ComputeModel } from './model';

interface IComputeServices {
  commands: ICommands;
  connection: IConnection;
  /** The forms that are open. */
  forms: Panels<MainAreaWidget>;
  kinds: IKinds;
  trans: TranslationBundle;
}

/** Request that a compute is started, stopped or restarted. */
export async function request(api: ApiClient, action: Action, name: string): Promise<void> {
  await api.post(`/computes/{name}/${action}`, { params: { path: { name } } });
}

/** Create the panel of a compute. */
export async function makePanel(
  app: JupyterFrontEnd,
  { commands, connection, forms, kinds, trans }: IComputeServices,
  name: string
): Promise<MainAreaWidget> {
  if (!kinds.all.length) await new Promise<void>(done => kinds.loaded.connect(() => done())); // the page has just opened
  const model = new ComputeModel(
    connection.api,
    kinds.manager<Compute>('compute'),
    name,
    connection.feed.changed('job')
  );
  const view = (
    <ComputeView
      model={model}
      kernels={kernelsOf(app)}
      onOpenJob={job => void commands.execute(JobCommands.open, { name: job })}
      onRequest={action => request(connection.api, action, name)}
      onEdit={compute => void edit({ connection, forms, trans }, compute)}
      onDelete={() => void commands.execute(ResourceCommands.delete, { kind: 'compute', names: [name] })}
    />
  );
  const panel = makeWidget(view, visible(name), trans);
  panel.title.caption = trans.__('Compute %1', visible(name));
  panel.content.addClass('jp-MLAsset');
  panel.content.addClass('jp-MLCompute');
  panel.disposed.connect(() => model.dispose());
  void model.load();
  return panel;
}

function kernelsOf({ serviceManager, commands }: JupyterFrontEnd): IKernels {
  const { kernels, kernelspecs, sessions } = serviceManager;
  return {
    runningChanged: kernels.runningChanged,
    running: () => kernels.running(),
    titleOf: name => kernelspecs.specs?.kernelspecs[name]?.display_name ?? name,
    notebookOf: id => [...sessions.running()].find(each => each.type === 'notebook' && each.kernel?.id === id)?.path,
    openNotebook: path => void commands.execute('docmanager:open', { path }),
    shutdown: id => kernels.shutdown(id)
  };
}

/** Show the form that creates a compute. */
export function create({ commands, ...services }: IComputeServices): Promise<void> {
  const id = 'jp-MLComputeForm';
  return showForm(services, id, services.trans.__('New Compute'), done => {
    return new ComputeFormModel(services.connection.api, ({ name }) => {
      done();
      commands.execute(ComputeCommands.open, { name });
    });
  });
}

type IFormServices = Pick<IComputeServices, 'connection' | 'forms' | 'trans'>;

/** Show the form that changes the settings of a compute. */
function edit(services: IFormServices, compute: Compute): Promise<void> {
  const title = services.trans.__('Edit %1', visible(compute.name));
  return showForm(services, `jp-MLComputeForm-${compute.name}`, title, done => {
    return new ComputeFormModel(services.connection.api, done, compute);
  });
}

async function showForm(
  { forms, trans }: IFormServices,
  id: string,
  title: string,
  create: (done: () => void) => ComputeFormModel
): Promise<void> {
  await forms.open(id, () => {
    const model = create(() => panel.dispose());
    const form = <ComputeForm model={model} id={id} onCancel={() => panel.dispose()} />;
    const panel = makeWidget(form, title, trans);
    panel.content.addClass('jp-MLForm-body');
    panel.disposed.connect(() => model.dispose());
    void model.load();
    return panel;
  });
}

function makeWidget(view: JSX.Element, label: string, trans: TranslationBundle): MainAreaWidget {
  const content = ReactWidget.create(<TransContext.Provider value={trans}>{view}</TransContext.Provider>);
  const widget = new MainAreaWidget({ content });
  content.node.tabIndex = -1;
  content.node.setAttribute('aria-label', label);
  widget.toolbar.hide();
  widget.title.label = label;
  widget.title.icon = mlIcon;
  widget.title.closable = true;
  return widget;
}
