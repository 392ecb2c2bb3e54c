// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { useState } from 'react';
import type { JSX } from 'react';

import { ApiError } from '../api';
import type { ApiClient, Model } from '../api';
import { errorText } from '../components';
import { splitNames } from './names';

/** What is registered. */
export interface IRegistration {
  name: string;
  path: string;
  description: string;
  aliases: string;
  type: '' | 'mlflow_model' | 'custom_model';
}

/** Ask for the fields of a version until it is registered or the user cancels; return the version. */
export async function registerModel(
  api: ApiClient,
  given: Pick<IRegistration, 'name' | 'path'>,
  names: readonly string[],
  trans: TranslationBundle
): Promise<Model | null> {
  let values: IRegistration = { description: '', aliases: '', type: '', ...given };
  for (let error: string | null = null; ;) {
    const body = new Form(values, names, error, trans);
    const dialog = new Dialog({
      title: trans.__('Register Model'),
      body,
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Register') })],
      focusNodeSelector: given.name ? 'input' : '[name=name]'
    });
    const { button } = await dialog.launch();
    if (!button.accept) return null;
    values = body.getValue();
    try {
      return await api.post('/models', { body: bodyOf(values) });
    } catch (reason) {
      error = errorText(ApiError.from(reason), trans);
    }
  }
}

function bodyOf({ name, path, description, aliases, type }: IRegistration) {
  return {
    name: name.trim(),
    path: path.trim(),
    description: description.trim() || null,
    labels: splitNames(aliases),
    type: type || null
  };
}

class Form extends ReactWidget {
  constructor(
    private _values: IRegistration,
    private readonly _names: readonly string[],
    private readonly _error: string | null,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-MLRegisterModel');
  }

  getValue(): IRegistration {
    return this._values;
  }

  protected override render(): JSX.Element {
    return (
      <Fields
        values={this._values}
        names={this._names}
        error={this._error}
        trans={this._trans}
        onChange={values => (this._values = values)}
      />
    );
  }
}

function Fields(props: {
  values: IRegistration;
  names: readonly string[];
  error: string | null;
  trans: TranslationBundle;
  onChange: (values: IRegistration) => void;
}): JSX.Element {
  const { names, error, trans, onChange } = props;
  const [values, setValues] = useState(props.values);
  const set = (change: Partial<IRegistration>): void => {
    const changed = { ...values, ...change };
    setValues(changed);
    onChange(changed);
  };
  return (
    <>
      {error && (
        <p className="jp-MLEditable-error" role="alert">
          {error}
        </p>
      )}
      <label>
        {trans.__('Name')}
        <input
          name="name"
          className="jp-mod-styled"
          value={values.name}
          list="jp-MLRegisterModel-names"
          onChange={({ target }) => set({ name: target.value })}
        />
      </label>
      <datalist id="jp-MLRegisterModel-names">
        {names.map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <p className="jp-MLRegisterModel-hint">
        {names.includes(values.name)
          ? trans.__('This adds a version to the model.')
          : trans.__('This creates the model, with version 1.')}
      </p>
      <label>
        {trans.__('Path')}
        <input
          name="path"
          className="jp-mod-styled"
          value={values.path}
          onChange={({ target }) => set({ path: target.value })}
        />
      </label>
      <label>
        {trans.__('Type')}
        <select
          name="type"
          className="jp-mod-styled"
          value={values.type}
          onChange={({ target }) => set({ type: target.value as IRegistration['type'] })}
        >
          <option value="">{trans.__('What there is at the path')}</option>
          <option value="mlflow_model">{trans.__('MLflow model')}</option>
          <option value="custom_model">{trans.__('Custom model')}</option>
        </select>
      </label>
      <label>
        {trans.__('Description')}
        <textarea
          name="description"
          className="jp-mod-styled"
          rows={2}
          value={values.description}
          onChange={({ target }) => set({ description: target.value })}
        />
      </label>
      <label>
        {trans.__('Aliases')}
        <input
          name="aliases"
          className="jp-mod-styled"
          placeholder={trans.__('e.g. champion; separated by commas')}
          value={values.aliases}
          onChange={({ target }) => set({ aliases: target.value })}
        />
      </label>
    </>
  );
}
