// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { caretDownIcon, caretUpIcon, ellipsesIcon } from '@jupyterlab/ui-components';
import { memo, useRef } from 'react';
import type { JSX, PointerEvent } from 'react';

import type { Experiment } from '../../api';
import { useTrans } from '../../hooks';
import { isLowerBetter, isMetric, titleOf } from './columns';
import { pinnedStyle } from './layout';
import type { RunsModel, View } from './model';

/** The least width of a column. */
export const LEAST_PX = 40;

/** The heading of a column: a click sorts, the menu has the rest, the edge resizes; its row handles the keyboard. */
export const HeaderCell = memo(function HeaderCell(props: {
  column: string;
  model: RunsModel;
  /** Those of the model: it is rendered again when one of them changes. */
  view: View;
  experiment: Experiment | null;
  primary: string | null;
  width: number;
  /** Whether its values are numbers. */
  isNumber: boolean;
  /** Whether the Tab key leads to it. */
  isCurrent: boolean;
  /** Where it stays while the table scrolls, if its column is pinned. */
  left: number | undefined;
  onFocus: (column: string) => void;
  /** Open the menu of the column below a button. */
  onMenu: (column: string, button: HTMLElement) => void;
  /** Called while the edge is dragged. */
  onResize: (column: string, width: number) => void;
  /** Called with the width to keep. */
  onResized: (column: string, width: number) => void;
}): JSX.Element {
  const { column, model, view, experiment, primary, width, isNumber, isCurrent, left, onResize, onResized } = props;
  const trans = useTrans();
  const start = useRef<{ x: number; width: number } | null>(null);
  const { sort, descending } = view;
  const isSorted = sort === column;
  const title = titleOf(column, trans);
  const lower = experiment && isMetric(column) ? isLowerBetter(column, experiment) : null;
  const goal = lower === null ? '' : lower ? trans.__('lower is better') : trans.__('higher is better');
  const Arrow = descending ? caretDownIcon : caretUpIcon;
  const dragged = (event: PointerEvent): number | null =>
    start.current && Math.max(LEAST_PX, start.current.width + event.clientX - start.current.x);

  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    start.current = { x: event.clientX, width };
  };
  const onPointerMove = (event: PointerEvent): void => {
    const next = dragged(event);
    if (next !== null) onResize(column, next);
  };
  const onPointerUp = (event: PointerEvent): void => {
    const next = dragged(event);
    start.current = null;
    if (next !== null) onResized(column, next);
  };

  return (
    <div
      className="jp-MLRuns-header"
      role="columnheader"
      aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : 'none'}
      style={left === undefined ? undefined : { ...pinnedStyle(left), zIndex: 3 }}
    >
      <button
        className={`jp-MLRuns-sort${isNumber ? ' jp-mod-number' : ''}`}
        tabIndex={isCurrent ? 0 : -1}
        title={[column, goal].filter(Boolean).join(': ')}
        aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight Shift+F10"
        onFocus={() => props.onFocus(column)}
        onClick={() => model.setView({ sort: column, descending: isSorted ? !descending : lower !== true })}
      >
        {column === 'starred' ? <span aria-label={title}>★</span> : <span>{title}</span>}
        {column === primary && <span aria-label={trans.__('primary metric')}>★</span>}
        {isSorted && <Arrow.react tag="span" elementSize="small" />}
      </button>
      <button
        className="jp-MLRuns-more"
        tabIndex={-1}
        title={trans.__('Column menu')}
        aria-label={trans.__('Menu of column %1', title)}
        aria-haspopup="menu"
        onClick={event => props.onMenu(column, event.currentTarget)}
      >
        <ellipsesIcon.react tag="span" elementSize="small" />
      </button>
      <span
        className="jp-MLRuns-edge"
        aria-hidden
        title={trans.__('Drag to change the width')}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
      />
    </div>
  );
});
