// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { JSX } from 'react';

import { useTrans } from '../hooks';
import { Histogram } from './Histogram';
import type { DataModel } from './model';
import { cellText, columnText, endText } from './texts';

const ROW_PX = 24;
const HEAD_PX = 92;
const COLUMN_PX = 140;
const NUMBER_PX = 88;
/** Number of rows above which a row can be looked up by its number. */
const MANY_ROWS = 1_000;
/** Rows in one scroll range: browsers limit the height of an element to about 33 million pixels. */
const RANGE = 1_000_000;

/** The rows of a data file, of which only visible ones are rendered and fetched. */
export function RowsTable({ model }: { model: DataModel }): JSX.Element {
  const trans = useTrans();
  const scroller = useRef<HTMLDivElement>(null);
  const [start, setStart] = useState(0);
  const columns = model.first?.columns ?? [];
  const profiles = new Map(model.profile?.columns.map(column => [column.name, column]));
  const count = Math.min(RANGE, Math.max(0, model.count - start));
  const vertical = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    paddingStart: HEAD_PX,
    scrollPaddingStart: HEAD_PX
  });
  const horizontal = useVirtualizer({
    count: columns.length,
    horizontal: true,
    getScrollElement: () => scroller.current,
    estimateSize: () => COLUMN_PX,
    overscan: 3,
    paddingStart: NUMBER_PX,
    scrollPaddingStart: NUMBER_PX
  });
  const shown = horizontal.getVirtualItems();
  const goTo = (text: string): void => {
    const row = Number(text) - 1;
    if (!Number.isInteger(row) || row < 0 || row >= model.count) return;
    const range = Math.floor(row / RANGE) * RANGE;
    setStart(range);
    requestAnimationFrame(() => vertical.scrollToIndex(row - range, { align: 'start' }));
  };

  return (
    <>
      {model.count > MANY_ROWS && (
        <label className="jp-MLDataView-goto">
          {trans.__('Go to Row')}
          <input
            type="number"
            min={1}
            max={model.count}
            onKeyDown={event => event.key === 'Enter' && goTo(event.currentTarget.value)}
          />
        </label>
      )}
      <div
        ref={scroller}
        className="jp-MLDataView-scroll"
        role="table"
        aria-label={trans.__('Rows of %1', model.path)}
        aria-rowcount={model.count + 1}
        aria-colcount={columns.length + 1}
        tabIndex={0}
      >
        <div
          role="presentation"
          style={{ height: vertical.getTotalSize(), width: horizontal.getTotalSize(), position: 'relative' }}
        >
          <div className="jp-MLDataView-head" role="row" aria-rowindex={1} style={{ height: HEAD_PX }}>
            <span className="jp-MLDataView-number" role="columnheader" aria-colindex={1}>
              {trans.__('Row')}
            </span>
            {shown.map(({ index, start: left, size }) => {
              const { name, type } = columns[index];
              const profile = profiles.get(name);
              return (
                <span
                  key={name}
                  className="jp-MLDataView-column"
                  role="columnheader"
                  aria-colindex={index + 2}
                  title={profile ? columnText(profile, trans) : `${name} (${type})`}
                  style={{ left, width: size }}
                >
                  <span className="jp-MLDataView-name">{name}</span>
                  <span className="jp-MLDataView-type">{type}</span>
                  {profile && <Histogram profile={profile} onFilter={bar => void model.addCondition(bar)} />}
                  {profile && (
                    <span className="jp-MLDataView-range">
                      <span>{endText(profile.minimum)}</span>
                      <span>{endText(profile.maximum)}</span>
                    </span>
                  )}
                </span>
              );
            })}
          </div>
          {vertical.getVirtualItems().map(({ index, start: top }) => {
            const row = model.row(start + index);
            return (
              <div
                key={index}
                className="jp-MLDataView-row"
                role="row"
                aria-rowindex={start + index + 2}
                style={{ transform: `translateY(${top}px)`, height: ROW_PX }}
              >
                <span className="jp-MLDataView-number" role="rowheader" aria-colindex={1}>
                  {(start + index + 1).toLocaleString()}
                </span>
                {shown.map(({ index: column, start: left, size }) => {
                  const value = row?.[column];
                  const text = value === undefined ? '…' : cellText(value);
                  const kind = typeof value === 'number' ? 'jp-mod-number' : value === null ? 'jp-mod-null' : '';
                  return (
                    <span
                      key={column}
                      className={`jp-MLDataView-cell ${kind}`}
                      role="cell"
                      aria-colindex={column + 2}
                      title={text.length > 16 ? text : undefined}
                      style={{ left, width: size }}
                    >
                      {text}
                    </span>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}
