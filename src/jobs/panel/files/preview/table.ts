// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** The first rows of a table, as text. */
export interface ITable {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** Whether there are more rows or columns. */
  truncated: boolean;
  /** E.g. the type and shape of an array. */
  caption?: string;
}

const MAX_COLUMNS = 200;
const MAX_CELL = 1_000;

/** Return a table within the limits of a preview. */
export function tableOf(
  columns: readonly unknown[],
  rows: readonly (readonly unknown[])[],
  { limit, cut = false, caption }: { limit: number; cut?: boolean; caption?: string }
): ITable {
  return {
    columns: columns.slice(0, MAX_COLUMNS).map(textOf),
    rows: rows.slice(0, limit).map(row => row.slice(0, MAX_COLUMNS).map(textOf)),
    truncated: cut || rows.length > limit || columns.length > MAX_COLUMNS,
    caption
  };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' && !(value instanceof Date) ? json(value) : display(value);
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text;
}

function display(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function json(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}
