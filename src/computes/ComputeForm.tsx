// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import { AssetField, AssetForm } from '../components/AssetForm';
import { useTrans } from '../hooks';
import type { IComputeFields } from './creation';

/** Properties of ComputeForm. */
export interface IComputeFormProps {
  create: (given: IComputeFields) => Promise<void>;
  onCancel: () => void;
}

const DEFAULT_IMAGE = 'python:3.12-slim';

/** A form that creates an instance. */
export function ComputeForm({ create, onCancel }: IComputeFormProps): JSX.Element {
  const trans = useTrans();
  const [given, setGiven] = useState<IComputeFields>({
    name: '',
    image: '',
    cpus: '',
    memory: '',
    network: false,
    idleMinutes: '',
    slots: '',
    description: ''
  });
  const text = (label: string, key: Exclude<keyof IComputeFields, 'network'>, more: object = {}): JSX.Element => (
    <AssetField label={label}>
      {id => (
        <input
          id={id}
          value={given[key]}
          onChange={({ target }) => setGiven({ ...given, [key]: target.value })}
          {...more}
        />
      )}
    </AssetField>
  );
  const number = { type: 'number', min: 1 };
  return (
    <AssetForm
      title={trans.__('New Compute')}
      hint={trans.__(
        'An instance is a container of this machine, with packages, limits and files of its own. It needs Docker.'
      )}
      action={trans.__('Create')}
      submit={() => create(given)}
      onCancel={onCancel}
    >
      {text(trans.__('Name'), 'name', { required: true })}
      {text(trans.__('Image'), 'image', { placeholder: DEFAULT_IMAGE })}
      {text(trans.__('Processors'), 'cpus', { ...number, min: 0.1, step: 'any', placeholder: trans.__('All') })}
      {text(trans.__('Memory'), 'memory', { placeholder: trans.__('All, or a size such as 4GB') })}
      {text(trans.__('Stop after minutes without work'), 'idleMinutes', {
        ...number,
        placeholder: trans.__('Never')
      })}
      {text(trans.__('Jobs at the same time'), 'slots', number)}
      {text(trans.__('Description'), 'description')}
      <label className="jp-MLAssetForm-check">
        <input
          type="checkbox"
          checked={given.network}
          onChange={({ target }) => setGiven({ ...given, network: target.checked })}
        />{' '}
        {trans.__('Its programs may use the network')}
      </label>
    </AssetForm>
  );
}
