// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef } from 'react';
import type { KeyboardEvent, MouseEvent } from 'react';

/** A list in which rows can be selected. */
export interface ISelectable {
  count: number;
  selected: readonly string[];
  nameAt: (index: number) => string | undefined;
  indexOf: (name: string) => number;
  onSelect: (names: string[]) => void;
  /** Scroll to a row that is not loaded yet. */
  onReveal: (index: number) => void;
  onOpen?: (name: string) => void;
  onDelete?: (names: readonly string[]) => void;
  /** The number of rows on a page. */
  page: number;
}

export interface ISelectionHandlers {
  onKeyDown: (event: KeyboardEvent) => void;
  onRowMouseDown: (event: MouseEvent, index: number) => void;
}

/** Return handlers for selection by mouse and keyboard, as in JupyterLab; the last selected row is the active one. */
export function useSelection(list: ISelectable): ISelectionHandlers {
  const anchor = useRef<string | null>(null);
  const awaited = useRef<readonly [index: number, extend: boolean] | null>(null);

  const select = (index: number, extend: boolean): void => {
    const name = list.nameAt(index);
    awaited.current = name === undefined ? [index, extend] : null;
    if (name === undefined) {
      list.onReveal(index);
      return;
    }
    const from = extend && anchor.current !== null ? list.indexOf(anchor.current) : -1;
    if (from < 0) anchor.current = name;
    const names = from < 0 ? [name] : between(from, index).flatMap(each => list.nameAt(each) ?? []);
    list.onSelect(names);
  };

  // a row that was not loaded is selected as soon as it is
  useEffect(() => {
    if (awaited.current && list.nameAt(awaited.current[0]) !== undefined) select(...awaited.current);
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const active = list.selected.at(-1);
    const index = active === undefined ? -1 : list.indexOf(active);
    const target = destination(event.key, index, list.count, list.page);
    if (target !== null) select(target, event.shiftKey);
    else if (event.key === 'Enter' && active !== undefined) list.onOpen?.(active);
    else if (event.key === 'Delete' && list.selected.length) list.onDelete?.(list.selected);
    else if (event.key === 'Escape' && list.selected.length) list.onSelect([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onRowMouseDown = (event: MouseEvent, index: number): void => {
    const name = list.nameAt(index);
    if (name === undefined) return;
    awaited.current = null;
    const has = list.selected.includes(name);
    if (event.button === 0 && (event.ctrlKey || event.metaKey)) {
      list.onSelect(has ? list.selected.filter(each => each !== name) : [...list.selected, name]);
    } else if (event.button === 0 || !has) select(index, event.shiftKey);
  };

  return { onKeyDown, onRowMouseDown };
}

/** Return the indices from one to another, both included. */
function between(from: number, to: number): number[] {
  const step = from <= to ? 1 : -1;
  return Array.from({ length: Math.abs(to - from) + 1 }, (_, offset) => from + offset * step);
}

function destination(key: string, index: number, count: number, page: number): number | null {
  const targets: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index < 0 ? count - 1 : index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1
  };
  return count && key in targets ? Math.min(count - 1, Math.max(0, targets[key])) : null;
}
