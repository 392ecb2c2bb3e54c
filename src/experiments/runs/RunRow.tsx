// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { memo } from 'react';
import type { JSX } from 'react';

import { RunCells } from './RunCells';
import type { IRunCellsProps } from './RunCells';

/** The row of a run. Its list handles the mouse, so that a row is rendered again only if it has changed. */
export const RunRow = memo(function RunRow(
  props: IRunCellsProps & { id: string; rowIndex: number; top: number; isSelected: boolean }
): JSX.Element {
  const { id, rowIndex, top, isSelected, ...cells } = props;
  return (
    <div
      id={id}
      className={`jp-MLRuns-row${isSelected ? ' jp-mod-selected' : ''}`}
      role="row"
      aria-rowindex={rowIndex}
      aria-selected={isSelected}
      data-ml-job={cells.runs.name(cells.run)}
      style={{ top }}
    >
      <RunCells {...cells} />
    </div>
  );
});
