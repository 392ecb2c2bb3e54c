// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useState } from 'react';

import type { FilterCheck, FilterCompletion } from '../api';
import type { IWorkspaceManager } from '../workspace';
import type { ISidebar } from './tokens';

const QUIET_MS = 150;
const NOTHING: FilterCheck = { completions: [], error: null, incomplete: false, notice: null };

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

/**
 * Check a filter shortly after it was typed, and set it as the filter of the sidebar if the server can read it: lists
 * keep their last filter while it is incomplete or wrong.
 */
export function useFilterCheck(manager: IWorkspaceManager, sidebar: ISidebar, { text, cursor }: ITyped): FilterCheck {
  const [check, setCheck] = useState(NOTHING);
  useEffect(() => {
    let isCurrent = true;
    const apply = async (): Promise<void> => {
      const found = await manager.checkFilter(text, text.slice(0, cursor)).catch(() => NOTHING);
      if (!isCurrent) return;
      setCheck(found);
      if (found.error === null) sidebar.setFilter(text.trim());
    };
    const timer = window.setTimeout(() => void apply(), QUIET_MS);
    return () => {
      isCurrent = false;
      window.clearTimeout(timer);
    };
  }, [manager, sidebar, text, cursor]);
  return check;
}
