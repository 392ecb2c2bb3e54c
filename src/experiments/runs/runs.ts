// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** A value of a run; numbers such as NaN arrive as their names. */
export type Value = number | string | boolean | null;

/** A group of runs that have the same value in a column. */
export interface IGroup {
  value: Value;
  /** Indices of its runs, in their order. */
  runs: readonly number[];
}

/** Values of runs by column; all columns have the runs in one order. */
export class Runs {
  constructor(
    readonly columns: Readonly<Record<string, readonly Value[]>>,
    /** How many runs match, also beyond those that are loaded. */
    readonly total: number
  ) {
    this._indices = new Map(columns.name.map((name, index) => [name as string, index]));
  }

  /** How many runs are loaded. */
  get size(): number {
    return this.columns.name.length;
  }

  /** Return a value, null if the run or the column has none. */
  value(column: string, index: number): Value {
    return this.columns[column]?.[index] ?? null;
  }

  /** Return a value if it is a finite number, otherwise null. */
  number(column: string, index: number): number | null {
    const value = this.value(column, index);
    return typeof value === 'number' ? value : null;
  }

  name(index: number): string {
    return this.columns.name[index] as string;
  }

  /** Return runs with some values of one of them replaced, in the columns that are loaded; these ones if nothing differs. */
  with(index: number, values: Readonly<Record<string, Value>>): Runs {
    const changed = Object.entries(values).filter(
      ([column, value]) => column in this.columns && this.columns[column][index] !== value
    );
    if (!changed.length) return this;
    const replaced = changed.map(([column, value]) => [column, this.columns[column].with(index, value)]);
    return new Runs({ ...this.columns, ...(Object.fromEntries(replaced) as Runs['columns']) }, this.total);
  }

  /** Return the index of a run, or undefined. */
  indexOf(name: string): number | undefined {
    return this._indices.get(name);
  }

  private readonly _indices: ReadonlyMap<string, number>;
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** Compare two values: numbers come before texts. */
function compare(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'number') return -1;
  if (typeof right === 'number') return 1;
  return collator.compare(String(left), String(right));
}

/** Return whether a run has nothing to sort by: such runs come last in both directions. */
const isMissing = (value: Value): boolean => value === null || value === 'NaN';

/** Return the indices of all runs, sorted by a column; runs that are equal keep their order. */
export function sortRuns(runs: Runs, column: string, descending: boolean): number[] {
  const indices = Array.from({ length: runs.size }, (_, index) => index);
  const values = indices.map(index => runs.value(column, index));
  const sign = descending ? -1 : 1;
  const present = indices.filter(index => !isMissing(values[index]));
  const missing = indices.filter(index => isMissing(values[index]));
  return [...present.sort((left, right) => sign * compare(values[left], values[right])), ...missing];
}

/** Group sorted runs by a column; groups are ordered by their value. */
export function groupRuns(runs: Runs, sorted: readonly number[], column: string): IGroup[] {
  const groups = new Map<Value, number[]>();
  for (const index of sorted) {
    const value = runs.value(column, index);
    const members = groups.get(value);
    if (members) members.push(index);
    else groups.set(value, [index]);
  }
  const found = [...groups].map(([value, members]) => ({ value, runs: members }));
  return found.sort((left, right) =>
    isMissing(left.value) || isMissing(right.value)
      ? Number(isMissing(left.value)) - Number(isMissing(right.value))
      : compare(left.value, right.value)
  );
}

/** Return the index of the best of some runs; undefined if fewer than two values differ. */
export function bestRun(runs: Runs, column: string, lower: boolean, among: Iterable<number>): number | undefined {
  let best: number | undefined;
  let differ = false;
  for (const index of among) {
    const value = runs.number(column, index);
    if (value === null) continue;
    const previous = best === undefined ? null : runs.number(column, best);
    if (previous !== null && value !== previous) differ = true;
    if (previous === null || (lower ? value < previous : value > previous)) best = index;
  }
  return differ ? best : undefined;
}

/** Statistics of a box plot. */
export interface IBox {
  count: number;
  min: number;
  q1: number;
  median: number;
  q3: number;
  max: number;
}

/** Return the quartiles of the values of runs, interpolated linearly; null without values. */
export function boxOf(runs: Runs, column: string, among: readonly number[]): IBox | null {
  const values = among.flatMap(index => runs.number(column, index) ?? []).sort((left, right) => left - right);
  if (!values.length) return null;
  const at = (share: number): number => {
    const position = share * (values.length - 1);
    const [low, high] = [values[Math.floor(position)], values[Math.ceil(position)]];
    return low + (high - low) * (position % 1);
  };
  return { count: values.length, min: at(0), q1: at(0.25), median: at(0.5), q3: at(0.75), max: at(1) };
}
