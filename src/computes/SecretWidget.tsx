// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { WidgetProps } from '@rjsf/utils';
import { ariaDescribedByIds } from '@rjsf/utils';
import type { JSX } from 'react';
import { useState } from 'react';

import { useTrans } from '../hooks';

/** What the form gives the widgets of secrets. */
export interface ISecrets {
  /** Names of the secrets that exist. */
  vault: readonly string[];
  /** Values to store before the form is submitted, by name. */
  secrets: Map<string, string>;
}

/** The name of a secret of the vault, and a value to store under that name; the value is never in the form data. */
export function SecretWidget({
  id,
  label,
  value,
  disabled,
  required,
  onChange,
  formContext
}: WidgetProps): JSX.Element {
  const trans = useTrans();
  const { vault, secrets } = formContext as ISecrets;
  const [secret, setSecret] = useState('');
  const name = typeof value === 'string' ? value : '';
  const change = (newName: string, newSecret: string): void => {
    secrets.delete(name);
    if (newName && newSecret) secrets.set(newName, newSecret);
    setSecret(newSecret);
    if (newName !== name) onChange(newName || undefined);
  };
  return (
    <div className="jp-MLField-secret">
      <input
        id={id}
        type="text"
        value={name}
        list={`${id}__vault`}
        autoComplete="off"
        disabled={disabled}
        required={required}
        placeholder={trans.__('Name of a secret')}
        aria-describedby={ariaDescribedByIds(id)}
        onChange={({ target }) => change(target.value, secret)}
      />
      <datalist id={`${id}__vault`}>
        {vault.map(each => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <input
        type="password"
        value={secret}
        autoComplete="new-password"
        disabled={disabled}
        placeholder={vault.includes(name) ? trans.__('Stored') : trans.__('Value to store')}
        aria-label={trans.__('Value of the secret: %1', label)}
        onChange={({ target }) => change(name, target.value)}
      />
    </div>
  );
}
