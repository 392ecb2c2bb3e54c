// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useId, useMemo, useRef, useState } from 'react';
import type { JSX, MouseEvent } from 'react';

import { withErrorDialog } from '../../components';
import { useHeight, useSelection, useSignalValue, useTrans } from '../../hooks';
import { editInRow } from '../../jobs/editing';
import { redirectContextMenu } from '../../resources';
import { isLowerBetter, isMetric } from './columns';
import { GroupRow } from './GroupRow';
import { HeaderRow } from './HeaderRow';
import { layoutOf, pinnedWidth, useShownColumns } from './layout';
import type { RunsModel } from './model';
import { groupKey } from './rows';
import type { Row } from './rows';
import { RunRow } from './RunRow';
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
  /** The column by which rows are grouped. */
  group: string;
  collapsed: ReadonlySet<string>;
  onCollapse: (collapsed: ReadonlySet<string>) => void;
  onOpen: (name: string) => void;
}

/** A virtualized table of runs: only visible rows are rendered. */
export function RunsTable({ model, runs, rows, group, collapsed, onCollapse, onOpen }: IRunsTableProps): JSX.Element {
  const trans = useTrans();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const height = useHeight(scroller);
  /** Whether the context menu opens after the jobs were fetched that it applies to. */
  const fetched = useRef(false);
  const [dragged, setDragged] = useState<Readonly<Record<string, number>>>({});
  const { view } = model;
  const layout = useMemo(() => layoutOf(view, dragged), [view, dragged]);
  const shown = useShownColumns(scroller, view, layout);
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
    (column: string, width: number) => {
      setDragged({});
      model.setView({ widths: { ...model.view.widths, [column]: width } });
    },
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
    const row = rowAt(event);
    const names = model.selection.names.slice(-MOST_WATCHED);
    if (!row || fetched.current || names.every(each => model.jobs.peek(each))) return;
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
      style={{ scrollPaddingLeft: pinnedWidth(layout) }}
      onKeyDown={event => event.target === scroller.current && handlers.onKeyDown(event)}
      onContextMenu={onContextMenu}
      onMouseDown={event => {
        const name = runAt(event);
        if (name !== undefined) handlers.onRowMouseDown(event, indices.get(name) ?? 0);
      }}
      onDoubleClick={event => {
        const name = runAt(event);
        if (name !== undefined) onOpen(name);
      }}
    >
      <div
        className="jp-MLRuns-space"
        style={{ ...layout.style, height: virtualizer.getTotalSize() }}
        role="presentation"
      >
        <HeaderRow model={model} layout={layout} numeric={numeric} onResize={resize} onResized={resized} />
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
                column={group}
                group={row.group}
                isCollapsed={collapsed.has(key)}
                onToggle={() => onCollapse(toggled(collapsed, key))}
              />
            );
          }
          const name = runs.name(row.run);
          return (
            <RunRow
              key={name}
              id={`${id}-${index}`}
              rowIndex={index + 2}
              top={start}
              isSelected={marked.has(name)}
              runs={runs}
              run={row.run}
              columns={shown}
              best={best}
              onStar={star}
              onEditNote={editNote}
            />
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

const rowAt = ({ target }: MouseEvent): HTMLElement | null => (target as Element).closest('[data-ml-job]');

/** Return the name of the run on which a mouse event happened. */
const runAt = (event: MouseEvent): string | undefined => rowAt(event)?.dataset.mlJob;

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}
