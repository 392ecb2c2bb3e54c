// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useId, useState } from 'react';
import type { JSX, ReactNode, SyntheticEvent } from 'react';

import { ApiError } from '../api';
import { useTrans } from '../hooks';
import { ErrorNotice } from './ErrorNotice';

/** Properties of AssetForm. */
export interface IAssetFormProps {
  title: string;
  /** What the form does, in a sentence. */
  hint: string;
  /** Label of the button that submits. */
  action: string;
  /** Create the asset; the form shows the error if that fails. */
  submit: () => Promise<void>;
  onCancel: () => void;
  /** The fields. */
  children: ReactNode;
}

/** A form that creates a version of an asset. */
export function AssetForm({ title, hint, action, submit, onCancel, children }: IAssetFormProps): JSX.Element {
  const trans = useTrans();
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const onSubmit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await submit();
    } catch (reason) {
      setError(ApiError.from(reason));
      setBusy(false);
    }
  };
  return (
    <form className="jp-MLAssetForm" aria-label={title} onSubmit={event => void onSubmit(event)}>
      <h2>{title}</h2>
      <p>{hint}</p>
      {children}
      {error && <ErrorNotice error={error} />}
      <div className="jp-MLAssetForm-buttons">
        <button type="button" className="jp-Dialog-button jp-mod-reject jp-mod-styled" onClick={onCancel}>
          {trans.__('Cancel')}
        </button>
        <button type="submit" className="jp-Dialog-button jp-mod-accept jp-mod-styled" disabled={isBusy}>
          {action}
        </button>
      </div>
    </form>
  );
}

/** A field of such a form; its label belongs to the element with the given id. */
export function AssetField({ label, children }: { label: string; children: (id: string) => ReactNode }): JSX.Element {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </>
  );
}
