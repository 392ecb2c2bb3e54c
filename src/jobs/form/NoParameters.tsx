// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import { ApiError } from '../../api';
import { errorText, visible } from '../../components';
import { useTrans, useVersion } from '../../hooks';
import type { FormModel, IOpenNotebooks } from './model';

/** What a parameters cell is for, and a button that makes one. */
export function NoParameters({ model, notebooks }: { model: FormModel; notebooks: IOpenNotebooks }): JSX.Element {
  const trans = useTrans();
  useVersion(notebooks.changed);
  const [error, setError] = useState('');
  const { path } = model;
  const selected = notebooks.selectedCell(path);
  const mark = (): void =>
    void notebooks
      .markSelectedCell(path)
      .then(() => model.reload())
      .catch(reason => setError(errorText(ApiError.from(reason), trans)));
  return (
    <div className="jp-MLForm-hint" role="note">
      {trans.__('This notebook has no parameters cell. Mark the cell with the values that you want to set here.')}{' '}
      {selected === null ? (
        <button type="button" className="jp-MLNotice-action" onClick={() => notebooks.open(path)}>
          {trans.__('Open the notebook')}
        </button>
      ) : (
        <>
          <button type="button" className="jp-MLNotice-action" onClick={mark}>
            {trans.__('Mark the selected cell as parameters')}
          </button>
          <code>{visible(selected.trim().split('\n', 1)[0])}</code>
        </>
      )}
      {error && (
        <div className="jp-MLField-errors" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
