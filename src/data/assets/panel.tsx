// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { JSX } from 'react';

import type { ApiClient } from '../../api';
import { mlIcon, visible } from '../../components';
import { TransContext } from '../../hooks';
import { DataView } from '../DataView';
import { DataModel } from '../model';
import { AssetView } from './AssetView';
import type { IAssetViewProps } from './AssetView';
import { AssetModel } from './model';
import { RegisterForm } from './RegisterForm';
import type { IRegisterFormProps } from './RegisterForm';

/** The panel of a data asset. */
export class AssetPanel extends MainAreaWidget {
  /**
   * @param version - The version to show at first; by default the newest one.
   */
  constructor(
    api: ApiClient,
    name: string,
    version: string | undefined,
    trans: TranslationBundle,
    actions: Omit<IAssetViewProps, 'model'>
  ) {
    const model = new AssetModel(api, name, version);
    super({ content: makeContent(<AssetView model={model} {...actions} />, visible(name), trans) });
    this.model = model;
    setUp(this, visible(name));
    this.title.caption = trans.__('Data %1', visible(name));
    this.content.addClass('jp-MLAsset');
    void model.load();
  }

  readonly model: AssetModel;

  override dispose(): void {
    super.dispose();
    this.model.dispose();
  }
}

/** Create the panel of data at a path, or in a datastore. */
export function makeDataPanel(api: ApiClient, path: string, trans: TranslationBundle): MainAreaWidget {
  const model = new DataModel(api, path);
  const panel = makePanel(<DataView model={model} />, visible(path.split('/').filter(Boolean).at(-1) ?? path), trans);
  panel.title.caption = visible(path);
  panel.content.addClass('jp-MLDataView');
  panel.disposed.connect(() => model.dispose());
  void model.load();
  return panel;
}

/** Create the panel with the form that registers data. */
export function makeRegisterPanel(
  trans: TranslationBundle,
  props: Omit<IRegisterFormProps, 'onCancel'>
): MainAreaWidget {
  const register: IRegisterFormProps['register'] = async given => {
    await props.register(given);
    panel.dispose();
  };
  const form = <RegisterForm {...props} register={register} onCancel={() => panel.dispose()} />;
  const panel = makePanel(form, trans.__('Register Data'), trans);
  panel.content.addClass('jp-MLForm-body');
  return panel;
}

function makePanel(view: JSX.Element, label: string, trans: TranslationBundle): MainAreaWidget {
  const panel = new MainAreaWidget({ content: makeContent(view, label, trans) });
  setUp(panel, label);
  return panel;
}

function makeContent(view: JSX.Element, label: string, trans: TranslationBundle): ReactWidget {
  const content = ReactWidget.create(<TransContext.Provider value={trans}>{view}</TransContext.Provider>);
  content.node.setAttribute('aria-label', label);
  return content;
}

function setUp({ toolbar, title }: MainAreaWidget, label: string): void {
  toolbar.hide();
  title.label = label;
  title.icon = mlIcon;
  title.closable = true;
}
