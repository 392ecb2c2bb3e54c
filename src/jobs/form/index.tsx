// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import { mlIcon } from '../../components';
import { TransContext } from '../../hooks';
import { JobForm } from './JobForm';
import { FormModel } from './model';
import type { IFormSource, IFormTools, IOpenNotebooks } from './model';

export type { IFormSource, IFormTools, IOpenNotebooks };

/** Create the panel of a form, which closes when the job is submitted. `id` is the prefix of the IDs of its inputs. */
export function makeFormPanel(
  source: IFormSource,
  id: string,
  tools: IFormTools,
  trans: TranslationBundle
): MainAreaWidget {
  const done: IFormTools['done'] = job => {
    tools.done(job);
    panel.dispose();
  };
  const model = new FormModel(source, { ...tools, done });
  const content = ReactWidget.create(
    <TransContext.Provider value={trans}>
      <JobForm model={model} id={id} onCancel={() => panel.dispose()} />
    </TransContext.Provider>
  );
  content.addClass('jp-MLForm-body');
  const panel = new MainAreaWidget({ content, reveal: model.load() });
  panel.toolbar.hide();
  const name = (): void => {
    panel.title.label = 'job' in source ? trans.__('Clone %1', model.subject) : trans.__('Run %1', model.subject);
    panel.title.caption = model.path;
    content.node.setAttribute('aria-label', panel.title.label);
  };
  name();
  model.changed.connect(name, panel);
  panel.title.icon = mlIcon;
  panel.title.closable = true;
  panel.disposed.connect(() => model.dispose());
  return panel;
}
