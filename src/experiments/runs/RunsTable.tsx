// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useId, useMemo, useRef, useState } from 'react';
import type { CSSProperties, JSX, MouseEvent } from 'react';

import { withErrorDialog } from '../../components';
import { useHeight, useSelection, useSignalValue, useTrans } from '../../hooks';
import { editInRow } from '../../jobs/editing';
import { redirectContextMenu } from '../../resources';
import { defaultWidth, isLowerBetter, isMetric } from './columns';
import { GroupRow } from './GroupRow';
import { HeaderCell } from './HeaderCell';
import type { RunsModel, View } from './model';
import { groupKey } from './rows';
import type { Row } from './rows';
import { RunCells } from './RunCells';
import { bestRun } from './runs';
import type { Runs } from './runs';

const ROW_PX = 24;
const MOST_WATCHED = 50;
const MENU = { bubbles: true, cancelable: true };

/** Properties of RunsTable. */
export interface IRunsTableProps {
  model: RunsModel;
  runs: Runs;
  rows: readonly Row[];
  collapsed: ReadonlySet<string>;
  onCollapse: (collapsed: ReadonlySet<string>) => void;
  onOpen: (name: string) => void;
}

/** A virtualized table of runs: only visible rows are rendered. */
export function RunsTable({ model, runs, rows, collapsed, onCollapse, onOpen }: IRunsTableProps): JSX.Element {
  const trans = useTrans();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const height = useHeight(scroller);
  /** Whether the context menu opens after the jobs were fetched that it applies to. */
  const fetched = useRef(false);
  const [dragged, setDragged] = useState<Readonly<Record<string, number>>>({});
  const { view } = model;
  const layout = useMemo(() => layoutOf(view, dragged), [view, dragged]);
  const lefts = Object.values(layout.lefts).join();
  // the same object while a column is dragged that moves no pinned one: all cells are rendered again otherwise
  // eslint-disable-next-line react-hooks/exhaustive-deps -- lefts has the values of layout.lefts
  const pinned = useMemo(() => pinnedStyles(layout.lefts), [view.columns, lefts]);
  const best = useBest(model, runs);
  const star = useCallback(
    (name: string, starred: boolean) =>
      void withErrorDialog(trans.__('Star'), trans, () => model.setStarred(name, starred)),
    [model, trans]
  );
  const editNote = useCallback(
    (name: string, row: HTMLElement) => editInRow(model.jobs, name, 'description', row, trans),
    [model, trans]
  );
  const resize = useCallback(
    (column: string, width: number) => setDragged(known => ({ ...known, [column]: width })),
    []
  );
  const resized = useCallback(
    (column: string, width: number) => model.setView({ widths: { ...model.view.widths, [column]: width } }),
    [model]
  );
  const numeric = useMemo(() => numericColumns(runs), [runs]);
  const selected = useSignalValue(model.selection.changed, () => model.selection.names);
  const marked = useMemo(() => new Set(selected), [selected]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    paddingStart: ROW_PX,
    scrollPaddingStart: ROW_PX
  });
  // groups have headings between the runs, which are not selected
  const [positions, indices] = useMemo(() => {
    const found = rows.flatMap(({ run }, position) => (run === undefined ? [] : [[runs.name(run), position] as const]));
    return [found, new Map(found.map(([name], index) => [name, index]))];
  }, [rows, runs]);
  const handlers = useSelection({
    count: positions.length,
    selected,
    nameAt: index => positions[index]?.[0],
    indexOf: name => indices.get(name) ?? -1,
    onSelect: names => {
      model.selection.set(names);
      const last = indices.get(names.at(-1) ?? '');
      if (last !== undefined) virtualizer.scrollToIndex(positions[last][1], { align: 'auto' });
    },
    onReveal: () => undefined,
    onOpen,
    page: Math.max(1, Math.floor(height / ROW_PX) - 2)
  });
  const active = positions[indices.get(selected.at(-1) ?? '') ?? -1]?.[1];

  const onContextMenu = (event: MouseEvent<HTMLElement>): void => {
    redirectContextMenu(event, document.getElementById(`${id}-${active}`));
    const row = (event.target as Element).closest<HTMLElement>('[data-ml-job]');
    const name = row?.dataset.mlJob;
    const names = model.selection.names.slice(-MOST_WATCHED);
    if (!name || fetched.current || names.every(each => model.jobs.peek(each))) return;
    event.preventDefault();
    event.stopPropagation();
    const at = { clientX: event.clientX, clientY: event.clientY };
    void model.watch(names).then(() => {
      fetched.current = true;
      row.dispatchEvent(new globalThis.MouseEvent('contextmenu', { ...MENU, ...at }));
      fetched.current = false;
    });
  };

  return (
    <div
      ref={scroller}
      className="jp-MLRuns-scroll"
      role="grid"
      aria-label={trans.__('Runs of %1', model.name)}
      aria-rowcount={rows.length + 1}
      aria-colcount={view.columns.length}
      aria-multiselectable
      aria-activedescendant={active === undefined ? undefined : `${id}-${active}`}
      tabIndex={0}
      onKeyDown={event => event.target === scroller.current && handlers.onKeyDown(event)}
      onContextMenu={onContextMenu}
    >
      <div
        className="jp-MLRuns-space"
        style={{ ...layout.style, height: virtualizer.getTotalSize() }}
        role="presentation"
      >
        <div className="jp-MLRuns-head" role="row" aria-rowindex={1}>
          {view.columns.map(column => (
            <HeaderCell
              key={column}
              column={column}
              model={model}
              view={view}
              experiment={model.experiment}
              primary={model.primary}
              width={layout.widths[column]}
              isNumber={numeric.has(column)}
              style={pinned[column]}
              onResize={resize}
              onResized={resized}
            />
          ))}
        </div>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          const style = { top: start };
          if (row.group) {
            const key = groupKey(row.group);
            return (
              <GroupRow
                key={key}
                id={`${id}-${index}`}
                rowIndex={index + 2}
                style={style}
                model={model}
                runs={runs}
                group={row.group}
                isCollapsed={collapsed.has(key)}
                onToggle={() => onCollapse(toggled(collapsed, key))}
              />
            );
          }
          const name = runs.name(row.run);
          const isSelected = marked.has(name);
          return (
            <div
              key={name}
              id={`${id}-${index}`}
              className={`jp-MLRuns-row${isSelected ? ' jp-mod-selected' : ''}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={isSelected}
              data-ml-job={name}
              style={style}
              onMouseDown={event => handlers.onRowMouseDown(event, indices.get(name) ?? 0)}
              onDoubleClick={() => onOpen(name)}
            >
              <RunCells
                runs={runs}
                run={row.run}
                columns={view.columns}
                pinned={pinned}
                best={best}
                onStar={star}
                onEditNote={editNote}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Return the columns that have numbers, which are aligned at the right, as the newest runs show. */
function numericColumns(runs: Runs): ReadonlySet<string> {
  const isNumeric = (column: string): boolean =>
    column !== 'created_at' && runs.columns[column].slice(0, 100).some(value => typeof value === 'number');
  return new Set(Object.keys(runs.columns).filter(isNumeric));
}

interface ILayout {
  style: CSSProperties;
  widths: Readonly<Record<string, number>>;
  /** Where the columns begin that stay visible while the table scrolls. */
  lefts: Readonly<Record<string, number>>;
}

function layoutOf(
  { columns, widths: chosen, pinned: count }: View,
  dragged: Readonly<Record<string, number>>
): ILayout {
  const widths: Record<string, number> = {};
  const lefts: Record<string, number> = {};
  let left = 0;
  columns.forEach((column, index) => {
    widths[column] = dragged[column] ?? chosen[column] ?? defaultWidth(column);
    if (index < count) lefts[column] = left;
    left += widths[column];
  });
  const template = columns.map(column => `${widths[column]}px`).join(' ');
  return { style: { width: left, '--jp-ml-columns': template } as CSSProperties, widths, lefts };
}

/** Return the styles of the cells of pinned columns. */
function pinnedStyles(lefts: Readonly<Record<string, number>>): Readonly<Record<string, CSSProperties | undefined>> {
  const styles = Object.entries(lefts).map(([column, left]) => [column, { position: 'sticky', left, zIndex: 1 }]);
  return Object.fromEntries(styles) as Record<string, CSSProperties>;
}

/** Return the best run of each metric that is shown. */
function useBest(model: RunsModel, runs: Runs): ReadonlyMap<string, number | undefined> {
  const { experiment, view } = model;
  const lower = view.columns.filter(isMetric).map(column => [column, experiment && isLowerBetter(column, experiment)]);
  const directions = JSON.stringify(lower); // the experiment is another object after each change of its view
  return useMemo(() => {
    const all = Array.from({ length: runs.size }, (_, index) => index);
    const found = new Map<string, number | undefined>();
    for (const [column, isLower] of JSON.parse(directions) as [string, boolean | null][]) {
      if (isLower !== null) found.set(column, bestRun(runs, column, isLower, all));
    }
    return found;
  }, [runs, directions]);
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}
