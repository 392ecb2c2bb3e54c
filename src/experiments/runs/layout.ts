// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo } from 'react';
import type { CSSProperties, RefObject } from 'react';

import { defaultWidth } from './columns';
import type { View } from './model';

/** Columns on each side of the visible ones that are rendered, too. */
const OVERSCAN = 2;

/** Where the columns of a table are. */
export interface ILayout {
  /** The style of the element that contains the rows. */
  style: CSSProperties;
  widths: Readonly<Record<string, number>>;
  /** Where the columns begin that stay visible while the table scrolls. */
  lefts: Readonly<Record<string, number>>;
}

/** A column whose cells are rendered. */
export interface IShownColumn {
  column: string;
  /** Its place among all columns. */
  index: number;
  style: CSSProperties | undefined;
}

/** Return the layout of a view, in which some columns have the widths that they are dragged to. */
export function layoutOf(
  { columns, widths: chosen, pinned }: View,
  dragged: Readonly<Record<string, number>>
): ILayout {
  const widths: Record<string, number> = {};
  const lefts: Record<string, number> = {};
  let left = 0;
  columns.forEach((column, index) => {
    widths[column] = dragged[column] ?? chosen[column] ?? defaultWidth(column);
    if (index < pinned) lefts[column] = left;
    left += widths[column];
  });
  const template = columns.map(column => `${widths[column]}px`).join(' ');
  return { style: { width: left, '--jp-ml-columns': template } as CSSProperties, widths, lefts };
}

/** Return the width that pinned columns cover. */
export const pinnedWidth = ({ lefts, widths }: ILayout): number =>
  Object.keys(lefts).reduce((sum, column) => sum + widths[column], 0);

/** Return the style of a cell of a pinned column. */
export const pinnedStyle = (left: number | undefined): CSSProperties | undefined =>
  left === undefined ? undefined : { position: 'sticky', left, zIndex: 1 };

/** Return the pinned columns and those that are in view: the same array until one of them changes its place. */
export function useShownColumns(
  scroller: RefObject<HTMLElement>,
  { columns, pinned }: View,
  { widths, lefts }: ILayout
): readonly IShownColumn[] {
  const virtualizer = useVirtualizer({
    count: columns.length,
    horizontal: true,
    getScrollElement: () => scroller.current,
    estimateSize: index => widths[columns[index]],
    overscan: OVERSCAN
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, widths]);
  const visible = virtualizer.getVirtualItems().map(({ index }) => index);
  const first = Math.max(pinned, visible.at(0) ?? 0);
  const last = Math.max(first, visible.at(-1) ?? 0);
  const places = JSON.stringify(lefts); // a column that is dragged moves others, of which only pinned ones have a style
  return useMemo(() => {
    const left = JSON.parse(places) as ILayout['lefts'];
    const shown = columns.map((column, index) => ({ column, index, style: pinnedStyle(left[column]) }));
    const rest = shown.slice(first, last + 1);
    // the cells after it follow
    return [...shown.slice(0, pinned), ...rest.map(each => (each.index === first ? startingAt(each) : each))];
  }, [columns, pinned, places, first, last]);
}

const startingAt = (shown: IShownColumn): IShownColumn => ({ ...shown, style: { gridColumnStart: shown.index + 1 } });
