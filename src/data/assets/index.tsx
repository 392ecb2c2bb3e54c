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
import { AssetModel } from './model';
import { RegisterForm } from './RegisterForm';
import type { IRegisterFormProps } from './RegisterForm';

/** Create the panel of a data asset. */
export function makeAssetPanel(
  api: ApiClient,
  name: string,
  trans: TranslationBundle,
  onOpenJob: (name: string) => void
): MainAreaWidget {
  const model = new AssetModel(api, name);
  const panel = makePanel(<AssetView model={model} onOpenJob={onOpenJob} />, visible(name), trans);
  panel.title.caption = trans.__('Data %1', visible(name));
  panel.content.addClass('jp-MLAsset');
  panel.disposed.connect(() => model.dispose());
  void model.load();
  return panel;
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
  return panel;
}

function makePanel(view: JSX.Element, label: string, trans: TranslationBundle): MainAreaWidget {
  const content = ReactWidget.create(<TransContext.Provider value={trans}>{view}</TransContext.Provider>);
  const panel = new MainAreaWidget({ content });
  panel.toolbar.hide();
  panel.title.label = label;
  panel.title.icon = mlIcon;
  panel.title.closable = true;
  content.node.setAttribute('aria-label', label);
  return panel;
}
