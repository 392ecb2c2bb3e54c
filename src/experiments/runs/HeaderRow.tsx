// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useCallback, useRef, useState } from 'react';
import type { JSX, KeyboardEvent, MouseEvent } from 'react';

import { useTrans } from '../../hooks';
import { openColumnMenu } from './columnMenu';
import { HeaderCell, LEAST_PX } from './HeaderCell';
import type { ILayout } from './layout';
import type { RunsModel } from './model';

const STEP_PX = 16;

/** Properties of HeaderRow. */
export interface IHeaderRowProps {
  model: RunsModel;
  layout: ILayout;
  /** Columns with numbers. */
  numeric: ReadonlySet<string>;
  /** Called while the edge of a column is dragged. */
  onResize: (column: string, width: number) => void;
  /** Called with the width to keep. */
  onResized: (column: string, width: number) => void;
}

/** The headings of the columns: one stop of the Tab key, in which arrow keys move and, with Shift, change a width. */
export function HeaderRow({ model, layout, numeric, onResize, onResized }: IHeaderRowProps): JSX.Element {
  const trans = useTrans();
  const row = useRef<HTMLDivElement>(null);
  const [last, setLast] = useState('');
  const { view, experiment, primary } = model;
  const { columns } = view;
  const current = columns.includes(last) ? last : columns[0];
  const openMenu = useCallback(
    (column: string, button: HTMLElement) => openColumnMenu(model, column, button, trans),
    [model, trans]
  );
  const buttons = (): HTMLElement[] => [...(row.current?.querySelectorAll<HTMLElement>('.jp-MLRuns-sort') ?? [])];

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = columns.indexOf(current);
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const target = by ? Math.max(0, at + by) : { Home: 0, End: -1 }[event.key];
    if (by && event.shiftKey) onResized(current, Math.max(LEAST_PX, layout.widths[current] + by * STEP_PX));
    else if (target !== undefined) buttons().at(target)?.focus();
    else if (event.key === 'ArrowDown') row.current?.closest<HTMLElement>('[role="grid"]')?.focus();
    else return;
    event.preventDefault();
  };
  const onContextMenu = (event: MouseEvent): void => {
    const button = (event.target as Element).closest('[role="columnheader"]')?.querySelector<HTMLElement>('button');
    if (!button) return;
    event.preventDefault();
    event.stopPropagation();
    openMenu(columns[buttons().indexOf(button)], button);
  };

  return (
    <div
      ref={row}
      className="jp-MLRuns-head"
      role="row"
      aria-rowindex={1}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
    >
      {columns.map(column => (
        <HeaderCell
          key={column}
          column={column}
          model={model}
          view={view}
          experiment={experiment}
          primary={primary}
          width={layout.widths[column]}
          isNumber={numeric.has(column)}
          isCurrent={column === current}
          left={layout.lefts[column]}
          onFocus={setLast}
          onMenu={openMenu}
          onResize={onResize}
          onResized={onResized}
        />
      ))}
    </div>
  );
}
