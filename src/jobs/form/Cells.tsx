// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useId, useState } from 'react';
import type { JSX } from 'react';

import { formatCount, visible } from '../../components';
import { useTrans } from '../../hooks';
import { Changed } from '../../forms/Changed';
import type { CellSelection } from './cells';

/** Which cells of the notebook run, as a list that is open if not all of them do. */
export function Cells(props: {
  selection: CellSelection;
  disabled: boolean;
  /** Whether to mark a changed selection. */
  marked: boolean;
}): JSX.Element {
  const { selection, disabled, marked } = props;
  const { cells, ids, count, missing } = selection;
  const trans = useTrans();
  const id = useId();
  const [open, setOpen] = useState(ids !== null);
  return (
    <details className="jp-MLForm-cells" open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        {trans.__('Cells')}
        <span className="jp-MLField-help" id={id}>
          {ids === null
            ? trans.__('all %1 run', formatCount(count))
            : trans.__('%1 of %2 run', formatCount(count), formatCount(cells.length))}
        </span>
        {marked && selection.modified && <Changed />}
      </summary>
      {missing > 0 && (
        <p className="jp-MLField-help" role="status">
          {trans._n(
            'One selected cell is left out: the notebook does not have it any more, or it does not run in a job.',
            '%1 selected cells are left out: the notebook does not have them any more, or they do not run in a job.',
            missing
          )}
        </p>
      )}
      <div
        className="jp-MLForm-cellList"
        role="group"
        aria-label={trans.__('Cells')}
        aria-describedby={id}
        tabIndex={-1}
      >
        {cells.map((cell, index) => (
          <label key={cell.id ?? index}>
            <input
              className="jp-MLForm-cellBox"
              type="checkbox"
              checked={selection.runs(cell)}
              disabled={disabled || cell.parameters}
              onChange={() => selection.toggle(cell)}
            />
            <code>{visible(cell.source)}</code>
            {cell.parameters && <span className="jp-MLField-help">{trans.__('parameters')}</span>}
          </label>
        ))}
      </div>
      <div className="jp-MLForm-cellActions">
        {ids !== null && (
          <button
            type="button"
            className="jp-MLNotice-action"
            disabled={disabled}
            onClick={() => selection.selectAll()}
          >
            {trans.__('Select all')}
          </button>
        )}
        {selection.hasPrevious && (
          <button
            type="button"
            className="jp-MLNotice-action"
            disabled={disabled}
            onClick={() => selection.addPrevious()}
          >
            {trans.__('Select the cells above as well')}
          </button>
        )}
      </div>
      {ids?.size === 0 && (
        <p className="jp-MLField-errors" role="alert">
          {trans.__('Select at least one cell.')}
        </p>
      )}
    </details>
  );
}
