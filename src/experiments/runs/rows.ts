// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { groupRuns, sortRuns } from './runs';
import type { IGroup, Runs } from './runs';
import type { View } from './model';

/** A row of the table: a run, or the heading of a group. */
export type Row = { group: IGroup; run?: undefined } | { run: number; group?: undefined };

/** Return a key of a group, for the set of collapsed groups. */
export const groupKey = ({ value }: IGroup): string => JSON.stringify(value);

/** Return the rows of a table in their order; the runs of collapsed groups are left out. */
export function rowsOf(runs: Runs, view: View, collapsed: ReadonlySet<string>): Row[] {
  const sorted = sortRuns(runs, view.sort, view.descending);
  if (!view.group) return sorted.map(run => ({ run }));
  return groupRuns(runs, sorted, view.group).flatMap((group): Row[] =>
    collapsed.has(groupKey(group)) ? [{ group }] : [{ group }, ...group.runs.map(run => ({ run }))]
  );
}

/** Return the indices of the runs in rows, in their order. */
export const runsIn = (rows: readonly Row[]): number[] => rows.flatMap(({ run }) => run ?? []);
