// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { ErrorNotice, Notice, visible } from '../components';
import { FormFrame, SchemaForm } from '../forms/SchemaForm';
import { useTrans, useVersion } from '../hooks';
import type { ComputeFormModel } from './formModel';
import { SecretWidget } from './SecretWidget';

const WIDGETS = { 'secret-name': SecretWidget };

/** Properties of ComputeForm. */
export interface IComputeFormProps {
  model: ComputeFormModel;
  /** Prefix of the IDs of its inputs. */
  id: string;
  onCancel: () => void;
}

/** A form that creates or edits a compute of any type. */
export function ComputeForm({ model, id, onCancel }: IComputeFormProps): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const { schema, error, busy, type, edited } = model;
  const [title, submit, submitting] = edited
    ? [trans.__('Edit %1', visible(edited.name)), trans.__('Save'), trans.__('Saving…')]
    : [trans.__('New Compute'), trans.__('Create'), trans.__('Creating…')];
  return (
    <FormFrame form={model}>
      <h2 className="jp-MLForm-title">{title}</h2>
      {schema && edited && type?.stops && edited.state !== 'Stopped' && (
        <Notice>{trans.__('Changed settings are used when it is started the next time.')}</Notice>
      )}
      {error && <ErrorNotice error={error} onRetry={schema ? undefined : () => void model.load()} />}
      {schema && !edited && <Types model={model} id={id} />}
      {schema && (
        <SchemaForm
          key={type?.name}
          form={model}
          schema={schema}
          id={id}
          widgets={WIDGETS}
          context={{ vault: model.vault, secrets: model.secrets }}
        >
          <div className="jp-MLForm-actions">
            <button
              type="submit"
              className="jp-mod-styled jp-mod-accept"
              disabled={busy || (!edited && !!type?.unavailable)}
            >
              {busy ? submitting : submit}
            </button>
            <button type="button" className="jp-mod-styled jp-mod-reject" onClick={onCancel}>
              {trans.__('Cancel')}
            </button>
          </div>
        </SchemaForm>
      )}
    </FormFrame>
  );
}

/** The choice of a type; one that cannot be created here shows why. */
function Types({ model, id }: { model: ComputeFormModel; id: string }): JSX.Element {
  const trans = useTrans();
  return (
    <fieldset className="jp-MLForm-types">
      <legend className="jp-MLFieldset-title">{trans.__('Type')}</legend>
      {model.types.map(type => (
        <div key={type.name} className="jp-MLForm-type">
          <label>
            <input
              type="radio"
              name={`${id}-type`}
              checked={type === model.type}
              disabled={model.busy || type.unavailable !== null}
              aria-describedby={`${id}-type-${type.name}`}
              onChange={() => model.choose(type)}
            />
            {type.title}
          </label>
          <span className="jp-MLField-help" id={`${id}-type-${type.name}`}>
            {type.unavailable ?? type.description}
          </span>
        </div>
      ))}
    </fieldset>
  );
}
