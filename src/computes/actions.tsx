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
import { Panels } from '../resources';
import type { ICommands, IConnection, IKinds } from '../resources';
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
  { commands, connection, kinds, trans }: IComputeServices,
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
      onDelete={() => void commands.execute(ResourceCommands.delete, { kind: 'compute', names: [name] })}
    />
  );
  const panel = makeWidget(view, visible(name), trans);
  panel.title.caption = trans.__('Compute %1', visible(name));
  panel.content.addClass('jp-MLAsset');
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
export async function create(app: JupyterFrontEnd, { commands, connection, trans }: IComputeServices): Promise<void> {
  const id = 'jp-MLComputeForm';
  await new Panels(app, 'jupyter-ml-compute-form').open(id, () => {
    const model = new ComputeFormModel(connection.api, ({ name }) => {
      panel.dispose();
      commands.execute(ComputeCommands.open, { name });
    });
    const form = <ComputeForm model={model} id={id} onCancel={() => panel.dispose()} />;
    const panel = makeWidget(form, trans.__('New Compute'), trans);
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
