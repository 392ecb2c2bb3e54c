// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { editIcon } from '@jupyterlab/ui-components';
import type { HTMLAttributes, JSX, MouseEvent } from 'react';

import type { JobState } from '../../api';
import { visible } from '../../components';
import { useTrans } from '../../hooks';
import { StateIcon } from '../../jobs/StateIcon';
import { textOf } from './columns';
import type { IShownColumn } from './layout';
import type { Runs } from './runs';

/** Properties of RunCells. */
export interface IRunCellsProps {
  runs: Runs;
  run: number;
  columns: readonly IShownColumn[];
  /** The best run of each metric. */
  best: ReadonlyMap<string, number | undefined>;
  onStar: (name: string, starred: boolean) => void;
  /** Edit the note of a run, over its cell. */
  onEditNote: (name: string, row: HTMLElement) => void;
}

/** The cells of a run. */
export function RunCells({ runs, run, columns, best, onStar, onEditNote }: IRunCellsProps): JSX.Element {
  const trans = useTrans();
  return (
    <>
      {columns.map(({ column, index, style }) => {
        const place = { role: 'gridcell', 'aria-colindex': index + 1, style };
        if (column === 'starred') {
          const isStarred = runs.value(column, run) === true;
          return (
            <div key={column} className="jp-MLRuns-cell" {...place}>
              <button
                className="jp-MLStar"
                tabIndex={-1}
                aria-pressed={isStarred}
                title={isStarred ? trans.__('Remove the star') : trans.__('Star this run')}
                aria-label={trans.__('Star')}
                onMouseDown={event => event.stopPropagation()}
                onDoubleClick={event => event.stopPropagation()}
                onClick={() => onStar(runs.name(run), !isStarred)}
              >
                {isStarred ? '★' : '☆'}
              </button>
            </div>
          );
        }
        if (column === 'description') {
          return <NoteCell key={column} runs={runs} run={run} place={place} onEdit={onEditNote} />;
        }
        const value = runs.value(column === 'name' ? 'display_name' : column, run);
        const text = textOf(column, value, trans);
        const isBest = best.get(column) === run;
        const isNumber = typeof value === 'number' && column !== 'created_at';
        return (
          <div
            key={column}
            className={`jp-MLRuns-cell${isNumber ? ' jp-mod-number' : ''}${isBest ? ' jp-mod-best' : ''}`}
            title={isBest ? trans.__('%1 (best)', text) : column === 'source' ? visible(String(value ?? '')) : text}
            {...place}
            data-ml-field={column === 'name' ? 'display_name' : undefined}
          >
            {column === 'name' && <StateIcon state={runs.value('state', run) as JobState} />}
            {isBest && <span aria-label={trans.__('Best')}>★ </span>}
            {text}
          </div>
        );
      })}
    </>
  );
}

/** The note of a run; a double click or its button edits it. */
function NoteCell(props: {
  runs: Runs;
  run: number;
  place: HTMLAttributes<HTMLElement>;
  onEdit: (name: string, row: HTMLElement) => void;
}): JSX.Element {
  const { runs, run, place, onEdit } = props;
  const trans = useTrans();
  const text = textOf('description', runs.value('description', run), trans);
  const edit = (event: MouseEvent<HTMLElement>): void => {
    event.stopPropagation(); // a double click on a row opens the run
    const row = event.currentTarget.closest<HTMLElement>('[data-ml-job]');
    if (row) onEdit(runs.name(run), row);
  };
  return (
    <div
      className="jp-MLRuns-cell jp-MLRuns-note"
      title={text}
      {...place}
      data-ml-field="description"
      onDoubleClick={edit}
    >
      <span>{text}</span>
      <button
        className="jp-MLEditable-edit"
        tabIndex={-1}
        title={trans.__('Edit Note')}
        aria-label={trans.__('Edit Note')}
        onMouseDown={event => event.stopPropagation()}
        onClick={edit}
      >
        <editIcon.react tag="span" width="14px" height="14px" />
      </button>
    </div>
  );
}
