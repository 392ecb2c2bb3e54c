// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

import type { FilterCheck, FilterCompletion } from '../api';
import type { IWorkspaceManager } from '../workspace';
import type { IFiltered } from './tokens';

const QUIET_MS = 150;
const NOTHING: FilterCheck = { completions: [], error: null, incomplete: false, kinds: ['job'], notice: null };

/** A text, and the position of the cursor in it. */
export interface ITyped {
  text: string;
  cursor: number;
}

/** Return the text in which a completion replaces what was typed up to the cursor. */
export function completed({ text, cursor }: ITyped, { before }: FilterCompletion): ITyped {
  const after = text.slice(cursor);
  const spaced = before.endsWith(' ') && after.startsWith(' ') ? before.trimEnd() : before;
  return { text: spaced + after, cursor: spaced.length };
}

/** Call `onFilter` when something else than this input sets the filter. */
function useOthersFilter(target: IFiltered, mine: RefObject<boolean>, onFilter: (filter: string) => void): void {
  const latest = useRef(onFilter);
  useEffect(() => {
    latest.current = onFilter;
  });
  useEffect(() => {
    const slot = (_: IFiltered, filter: string): void => {
      if (!mine.current) latest.current(filter);
    };
    target.filterChanged.connect(slot);
    return () => void target.filterChanged.disconnect(slot);
  }, [target, mine]);
}

/**
 * Check a filter shortly after it was typed, and set it as the filter of `target` if the server can read it: lists keep
 * their last filter while it is incomplete or wrong.
 *
 * @param onFilter - Called with a filter that was set elsewhere.
 */
export function useFilterCheck(
  manager: IWorkspaceManager,
  target: IFiltered,
  { text, cursor }: ITyped,
  onFilter: (filter: string) => void
): FilterCheck {
  const [check, setCheck] = useState(NOTHING);
  const mine = useRef(false);
  useOthersFilter(target, mine, onFilter);
  useEffect(() => {
    let isCurrent = true;
    const apply = async (): Promise<void> => {
      const found = await manager.checkFilter(text, text.slice(0, cursor)).catch(() => NOTHING);
      if (!isCurrent) return;
      setCheck(found);
      if (found.error !== null) return;
      mine.current = true; // more may have been typed meanwhile, which must not be replaced
      target.setFilter(text.trim(), found.kinds);
      mine.current = false;
    };
    const timer = window.setTimeout(() => void apply(), QUIET_MS);
    return () => {
      isCurrent = false;
      window.clearTimeout(timer);
    };
  }, [manager, target, text, cursor]);
  return check;
}
