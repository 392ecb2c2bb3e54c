// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useLayoutEffect, useRef } from 'react';
import type { JSX, ReactNode } from 'react';

import { useHeight, useSelection, useVersion } from '../hooks';
import { redirectContextMenu } from './context';
import type { IRowWindow } from './tokens';

const ROW_PX = 24;
const DETAIL_PX = 20;

/** Properties of RowList. */
export interface IRowListProps<T> {
  window: IRowWindow<T>;
  label: string;
  selected: readonly string[];
  onSelect: (names: string[]) => void;
  onOpen: (name: string) => void;
  onDelete?: (names: readonly string[]) => void;
  /** Render the first line of a row; `around` are the rows that are listed around it. */
  renderRow: (row: T, around: readonly T[]) => ReactNode;
  /** Render the second line, which only a single selected row has. */
  renderDetail?: (row: T) => ReactNode;
  /** The kind of resource, e.g. `job`: rows have the class `jp-MLJob`, and the attribute `data-ml-job` for context menus. */
  kind: string;
  /** Return the text that dragging a row provides. */
  textOf?: (row: T) => string;
}

/** A virtualized list: only visible rows are rendered. */
export function RowList<T extends { name: string }>(props: IRowListProps<T>): JSX.Element {
  const { window, selected, renderRow, renderDetail } = props;
  useVersion(window.changed);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const count = window.total ?? 0;
  const active = selected.length ? window.indexOf(selected[selected.length - 1]) : -1;
  const detailed = renderDetail && selected.length === 1 ? active : -1;

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: index => ROW_PX + (index === detailed ? DETAIL_PX : 0),
    overscan: 8
  });
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items.at(0)?.index ?? 0, items.at(-1)?.index ?? 0];
  const keys = keysOf(items.map(({ index }) => window.row(index)?.name));
  const height = useHeight(scroller);

  useEffect(() => {
    if (height) window.show(first, last);
    else window.hide();
  }, [window, height, first, last]);
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, detailed]);
  useEffect(() => {
    if (active >= 0) virtualizer.scrollToIndex(active, { align: 'auto' });
    // only when the active row changes: rows that are inserted above it must not scroll the list
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);

  const handlers = useSelection({
    count,
    selected,
    nameAt: index => window.row(index)?.name,
    indexOf: name => window.indexOf(name),
    onSelect: props.onSelect,
    onReveal: index => virtualizer.scrollToIndex(index),
    onOpen: props.onOpen,
    onDelete: props.onDelete,
    page: Math.max(1, Math.floor(height / ROW_PX) - 1)
  });

  return (
    <div
      ref={scroller}
      className="jp-MLRows"
      role="listbox"
      aria-label={props.label}
      aria-multiselectable
      aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={handlers.onKeyDown}
      onContextMenu={event => redirectContextMenu(event, document.getElementById(`${id}-${active}`))}
    >
      <div className="jp-MLRows-space" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item, place) => {
          const row = window.row(item.index);
          const isSelected = row !== undefined && selected.includes(row.name);
          return (
            <div
              key={keys[place] ?? `/${item.index}`}
              id={`${id}-${item.index}`}
              className={`jp-MLRow jp-ML${capitalized(props.kind)}${isSelected ? ' jp-mod-selected' : ''}`}
              role="option"
              aria-selected={isSelected}
              aria-setsize={count}
              aria-posinset={item.index + 1}
              aria-busy={row === undefined}
              data-name={row?.name}
              {...{ [`data-ml-${props.kind}`]: row?.name }}
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              draggable={row !== undefined && props.textOf !== undefined}
              onMouseDown={event => handlers.onRowMouseDown(event, item.index)}
              onDoubleClick={() => row && props.onOpen(row.name)}
              onDragStart={event => row && props.textOf && event.dataTransfer.setData('text/plain', props.textOf(row))}
            >
              {row ? (
                <>
                  <div className="jp-MLRow-line">{renderRow(row, window.around(item.index))}</div>
                  {item.index === detailed && <div className="jp-MLRow-detail">{renderDetail?.(row)}</div>}
                </>
              ) : (
                <div className="jp-MLRow-skeleton" />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/**
 * Return keys by which rows stay the same elements when others come above them: else a click goes to another row.
 *
 * A name is missing until its row is fetched, and is listed twice while one of two pages is older than the other.
 */
const keysOf = (names: readonly (string | undefined)[]): (string | undefined)[] =>
  names.map((name, place) => (names.indexOf(name) === place ? name : undefined));

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
