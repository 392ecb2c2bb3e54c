// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import { mlIcon, visible } from '../components';
import { TransContext } from '../hooks';
import { EnvironmentForm } from './EnvironmentForm';
import type { IEnvironmentFormProps } from './EnvironmentForm';
import { EnvironmentView } from './EnvironmentView';
import type { IEnvironmentViewProps } from './EnvironmentView';
import type { EnvironmentModel } from './model';

/** The panel of an environment. */
export class EnvironmentPanel extends MainAreaWidget {
  constructor(
    readonly model: EnvironmentModel,
    trans: TranslationBundle,
    actions: Omit<IEnvironmentViewProps, 'model'>
  ) {
    super({ content: makeContent(<EnvironmentView model={model} {...actions} />, trans) });
    setUp(this, visible(model.name));
    this.title.caption = trans.__('Environment %1', visible(model.name));
    this.content.addClass('jp-MLAsset');
    void model.load();
  }

  override dispose(): void {
    super.dispose();
    this.model.dispose();
  }
}

/** Create the panel with the form that creates an environment. */
export function makeFormPanel(
  trans: TranslationBundle,
  props: Omit<IEnvironmentFormProps, 'onCancel'>
): MainAreaWidget {
  const create: IEnvironmentFormProps['create'] = async given => {
    await props.create(given);
    panel.dispose();
  };
  const form = <EnvironmentForm {...props} create={create} onCancel={() => panel.dispose()} />;
  const panel = new MainAreaWidget({ content: makeContent(form, trans) });
  setUp(panel, trans.__('New Environment'));
  panel.content.addClass('jp-MLForm-body');
  return panel;
}

function makeContent(view: JSX.Element, trans: TranslationBundle): ReactWidget {
  return ReactWidget.create(<TransContext.Provider value={trans}>{view}</TransContext.Provider>);
}

function setUp({ content, toolbar, title }: MainAreaWidget, label: string): void {
  content.node.tabIndex = -1;
  content.node.setAttribute('aria-label', label);
  toolbar.hide();
  title.label = label;
  title.icon = mlIcon;
  title.closable = true;
}
