// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useId, useState } from 'react';
import type { JSX } from 'react';

import { AssetForm } from '../../components/AssetForm';
import { useTrans } from '../../hooks';

/** What is registered. */
export interface IRegistration {
  name: string;
  path: string;
  type: 'uri_file' | 'uri_folder' | null;
  description: string | null;
}

/** Properties of RegisterForm. */
export interface IRegisterFormProps {
  /** The path that the form has at first. */
  path: string;
  /** Ask for a file or directory; undefined if the user cancels that. */
  choose: (folder: boolean) => Promise<string | undefined>;
  register: (given: IRegistration) => Promise<void>;
  onCancel: () => void;
}

/** A form that registers files as a version of a data asset. */
export function RegisterForm({ path: initial, choose, register, onCancel }: IRegisterFormProps): JSX.Element {
  const trans = useTrans();
  const id = useId();
  const [path, setPath] = useState(initial);
  const [name, setName] = useState(nameOf(initial));
  const [type, setType] = useState<'' | 'uri_file' | 'uri_folder'>('');
  const [description, setDescription] = useState('');
  const browse = async (folder: boolean): Promise<void> => {
    const chosen = await choose(folder);
    if (chosen === undefined) return;
    setPath(chosen);
    if (!name) setName(nameOf(chosen));
  };
  return (
    <AssetForm
      title={trans.__('Register Data')}
      hint={trans.__('The files stay where they are. A version records what they are like now.')}
      action={trans.__('Register')}
      submit={() => register({ name, path, type: type || null, description: description || null })}
      onCancel={onCancel}
    >
      <label htmlFor={`${id}-path`}>{trans.__('Path')}</label>
      <div className="jp-MLAssetForm-path">
        <input
          id={`${id}-path`}
          required
          value={path}
          placeholder={trans.__('A path, or %1', 'azureml://datastores/NAME/paths/PATH')}
          onChange={event => setPath(event.target.value)}
        />
        <button type="button" onClick={() => void browse(false)}>
          {trans.__('File…')}
        </button>
        <button type="button" onClick={() => void browse(true)}>
          {trans.__('Folder…')}
        </button>
      </div>
      <label htmlFor={`${id}-name`}>{trans.__('Name')}</label>
      <input id={`${id}-name`} required value={name} onChange={event => setName(event.target.value)} />
      <label htmlFor={`${id}-type`}>{trans.__('Type')}</label>
      <select id={`${id}-type`} value={type} onChange={event => setType(event.target.value as typeof type)}>
        <option value="">{trans.__('What is at the path')}</option>
        <option value="uri_file">{trans.__('File (uri_file)')}</option>
        <option value="uri_folder">{trans.__('Folder (uri_folder)')}</option>
      </select>
      <label htmlFor={`${id}-description`}>{trans.__('Description')}</label>
      <input id={`${id}-description`} value={description} onChange={event => setDescription(event.target.value)} />
    </AssetForm>
  );
}

/** Return a name for what is at a path: that of the file without its suffixes. */
export function nameOf(path: string): string {
  const [last = ''] = path.split('/').filter(Boolean).slice(-1);
  return last.split('.')[0].replace(/[^A-Za-z0-9_-]+/g, '-');
}
