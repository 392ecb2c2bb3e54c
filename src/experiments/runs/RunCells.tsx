// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { memo } from 'react';
import type { CSSProperties, JSX } from 'react';

import type { JobState } from '../../api';
import { useTrans } from '../../hooks';
import { StateIcon } from '../../jobs/StateIcon';
import { textOf } from './columns';
import type { Runs } from './runs';

/** The cells of a run. */
export const RunCells = memo(function RunCells(props: {
  runs: Runs;
  run: number;
  columns: readonly string[];
  pinned: Readonly<Record<string, CSSProperties | undefined>>;
  /** The best run of each metric. */
  best: ReadonlyMap<string, number | undefined>;
  onStar: (name: string, starred: boolean) => void;
}): JSX.Element {
  const { runs, run, columns, pinned, best, onStar } = props;
  const trans = useTrans();
  return (
    <>
      {columns.map(column => {
        if (column === 'starred') {
          const isStarred = runs.value(column, run) === true;
          return (
            <div key={column} className="jp-MLRuns-cell" role="gridcell" style={pinned[column]}>
              <button
                className="jp-MLRuns-star"
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
        const value = runs.value(column === 'name' ? 'display_name' : column, run);
        const text = textOf(column, value, trans);
        const isBest = best.get(column) === run;
        const isNumber = typeof value === 'number' && column !== 'created_at';
        return (
          <div
            key={column}
            className={`jp-MLRuns-cell${isNumber ? ' jp-mod-number' : ''}${isBest ? ' jp-mod-best' : ''}`}
            role="gridcell"
            title={isBest ? trans.__('%1 (the best)', text) : text}
            style={pinned[column]}
          >
            {column === 'name' && <StateIcon state={runs.value('state', run) as JobState} />}
            {isBest && <span aria-label={trans.__('Best')}>★ </span>}
            {text}
          </div>
        );
      })}
    </>
  );
});
