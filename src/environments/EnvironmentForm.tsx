// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import { AssetField, AssetForm } from '../components/AssetForm';
import { useTrans } from '../hooks';
import type { ICreation, IKernel, Source } from './creation';

/** Properties of EnvironmentForm. */
export interface IEnvironmentFormProps {
  /** The name that the form has at first. */
  name: string;
  kernels: readonly IKernel[];
  /** Ask for a file; undefined if the user cancels that. */
  choose: () => Promise<string | undefined>;
  create: (given: ICreation) => Promise<void>;
  onCancel: () => void;
}

const EXAMPLE = 'pandas\nscikit-learn~=1.5';

/** A form that creates a version of an environment. */
export function EnvironmentForm({ name, kernels, choose, create, onCancel }: IEnvironmentFormProps): JSX.Element {
  const trans = useTrans();
  const [given, setGiven] = useState<ICreation>({
    name,
    source: 'list',
    list: '',
    path: '',
    kernel: kernels.at(0)?.id ?? '',
    python: '',
    excludeNewer: '',
    description: '',
    build: true
  });
  const set = (change: Partial<ICreation>): void => setGiven({ ...given, ...change });
  const { source } = given;
  return (
    <AssetForm
      title={trans.__('New Environment')}
      hint={trans.__('If there is an environment of that name, this adds a version to it.')}
      action={trans.__('Create')}
      submit={() => create(given)}
      onCancel={onCancel}
    >
      <AssetField label={trans.__('Name')}>
        {id => <input id={id} required value={given.name} onChange={({ target }) => set({ name: target.value })} />}
      </AssetField>
      <AssetField label={trans.__('Packages')}>
        {id => (
          <select id={id} value={source} onChange={({ target }) => set({ source: target.value as Source })}>
            <option value="list">{trans.__('As listed here')}</option>
            <option value="requirements">{trans.__('From a file of requirements')}</option>
            <option value="conda">{trans.__('From a conda file')}</option>
            <option value="kernel" disabled={!kernels.length}>
              {kernels.length
                ? trans.__('As in a running kernel')
                : trans.__('As in a running kernel (none is running)')}
            </option>
          </select>
        )}
      </AssetField>
      {source === 'list' && (
        <AssetField label={trans.__('Requirements, one on each line')}>
          {id => (
            <textarea
              id={id}
              rows={6}
              required
              spellCheck={false}
              placeholder={EXAMPLE}
              value={given.list}
              onChange={({ target }) => set({ list: target.value })}
            />
          )}
        </AssetField>
      )}
      {(source === 'requirements' || source === 'conda') && (
        <AssetField label={trans.__('File')}>
          {id => (
            <div className="jp-MLAssetForm-path">
              <input id={id} required value={given.path} onChange={({ target }) => set({ path: target.value })} />
              <button type="button" onClick={() => void choose().then(path => path !== undefined && set({ path }))}>
                {trans.__('File…')}
              </button>
            </div>
          )}
        </AssetField>
      )}
      {source === 'kernel' ? (
        <AssetField label={trans.__('Kernel')}>
          {id => (
            <select id={id} value={given.kernel} onChange={({ target }) => set({ kernel: target.value })}>
              {kernels.map(kernel => (
                <option key={kernel.id} value={kernel.id}>
                  {kernel.label}
                </option>
              ))}
            </select>
          )}
        </AssetField>
      ) : (
        <>
          <AssetField label={trans.__('Python')}>
            {id => (
              <input
                id={id}
                placeholder={trans.__('By default that of the file, else that of Jupyter ML')}
                value={given.python}
                onChange={({ target }) => set({ python: target.value })}
              />
            )}
          </AssetField>
          <AssetField label={trans.__('Only packages uploaded until')}>
            {id => (
              <input
                id={id}
                type="date"
                value={given.excludeNewer}
                onChange={({ target }) => set({ excludeNewer: target.value })}
              />
            )}
          </AssetField>
        </>
      )}
      <AssetField label={trans.__('Description')}>
        {id => (
          <input id={id} value={given.description} onChange={({ target }) => set({ description: target.value })} />
        )}
      </AssetField>
      <label className="jp-MLAssetForm-check">
        <input type="checkbox" checked={given.build} onChange={({ target }) => set({ build: target.checked })} />{' '}
        {trans.__('Build now, and offer it as a kernel')}
      </label>
    </AssetForm>
  );
}
