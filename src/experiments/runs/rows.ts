// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { groupRuns } from './runs';
import type { IGroup, Runs } from './runs';

/** A row of the table: a run, or the heading of a group. */
export type Row = { group: IGroup; run?: undefined } | { run: number; group?: undefined };

/** Return a key of a group, for the set of collapsed groups. */
export const groupKey = ({ value }: IGroup): string => JSON.stringify(value);

/** Return the rows of a table of sorted runs, in groups if `column` is one; the runs of collapsed groups are left out. */
export function rowsOf(
  runs: Runs,
  sorted: readonly number[],
  column: string | null,
  collapsed: ReadonlySet<string>
): Row[] {
  if (column === null) return sorted.map(run => ({ run }));
  return groupRuns(runs, sorted, column).flatMap((group): Row[] =>
    collapsed.has(groupKey(group)) ? [{ group }] : [{ group }, ...group.runs.map(run => ({ run }))]
  );
}

/** Return the indices of the runs in rows, in their order. */
export const runsIn = (rows: readonly Row[]): number[] => rows.flatMap(({ run }) => run ?? []);
