// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Runs, Value } from './runs';

/** Return runs as comma-separated values (RFC 4180), with a header of column names and unrounded numbers. */
export function toCsv(runs: Runs, order: readonly number[], columns: readonly string[]): string {
  const rows = order.map(index => columns.map(column => cell(column, runs.value(column, index))).join(','));
  return [columns.map(quoted).join(','), ...rows, ''].join('\r\n');
}

function cell(column: string, value: Value): string {
  if (value === null) return '';
  if (column === 'created_at') return new Date((value as number) * 1_000).toISOString();
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** Quote a text where necessary. A spreadsheet would evaluate one that starts as a formula, so it gets an apostrophe. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
