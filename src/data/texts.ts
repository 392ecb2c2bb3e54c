// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cell, ColumnProfile, DataProfile, ICondition, RowFilter } from './model';

/** Return what a profile was computed from. */
export function basisText({ columns }: DataProfile, trans: TranslationBundle): string {
  const basis = columns.at(0)?.basis;
  if (!basis) return '';
  const rows = basis.rows.toLocaleString();
  return basis.how === 'all'
    ? trans.__('Profile of all %1 rows', rows)
    : trans.__('Profile of the first %1 rows', rows);
}

/** Return a value as text; null is empty. */
export function cellText(value: Cell): string {
  return value === null ? '' : String(value);
}

/** Return the lowest or highest value of a column, a fraction with 6 digits. */
export function endText(value: Cell): string {
  return typeof value === 'number' && !Number.isInteger(value) ? numberText(value) : cellText(value);
}

/** Return the median, which is an estimate. */
export function medianText({ quantiles }: ColumnProfile): string {
  return quantiles ? `~${numberText(quantiles.median)}` : '';
}

/** Return the number of distinct values; `~` marks an estimate. */
export function distinctText({ distinct, distinct_exact }: ColumnProfile): string {
  return distinct === null ? '' : `${distinct_exact ? '' : '~'}${distinct.toLocaleString()}`;
}

/** Return a number with 6 digits, exactly if it has fewer. */
export function numberText(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(6)));
}

/** Return a description of a column in one sentence, for a tooltip and for screen readers. */
export function columnText(profile: ColumnProfile, trans: TranslationBundle): string {
  const { name, type, nulls, minimum, maximum, basis } = profile;
  const parts = [`${name} (${type})`];
  if (minimum !== null) parts.push(trans.__('from %1 to %2', cellText(minimum), cellText(maximum)));
  if (nulls !== null) parts.push(trans.__('%1 empty', nulls.toLocaleString()));
  const distinct = distinctText(profile);
  if (distinct) parts.push(trans.__('%1 distinct', distinct));
  const rows = basis.rows.toLocaleString();
  parts.push(basis.how === 'all' ? trans.__('all %1 rows', rows) : trans.__('first %1 rows', rows));
  return parts.join('; ');
}

/** Return a condition in words. */
export function filterText(
  { column, value, lower, upper, is_empty }: RowFilter,
  times: boolean,
  trans: TranslationBundle
): string {
  if (is_empty) return trans.__('%1 is empty', column);
  if (value !== null && value !== undefined) return trans.__('%1 is %2', column, cellText(value));
  return trans.__('%1 from %2 to %3', column, limitText(lower ?? null, times), limitText(upper ?? null, times));
}

/** Return a limit of a bar as text: times are seconds since 1970. */
export function limitText(limit: number | null, times: boolean): string {
  if (limit === null || !times) return numberText(limit);
  return new Date(limit * 1000).toISOString().slice(0, 19).replace('T', ' ').replace(' 00:00:00', '');
}

/** Whether the numbers of a column are times. */
export function hasTimes(type: string): boolean {
  return type.startsWith('DATE') || type.startsWith('TIMESTAMP');
}

/** Return the conditions of the bars of a column: those of its bins, or of its most frequent values. */
export function barConditions({ name, bins, top }: ColumnProfile): readonly ICondition[] {
  if (!bins.length) return top.map(({ value, count }) => valueCondition(name, value, count));
  return bins.map(({ lower, upper, count }, index) => ({
    filter: condition(name, { lower, upper, includes_lower: index === 0 }),
    count
  }));
}

/** Return the condition that a column has a value; null as the value is an empty cell. */
export function valueCondition(column: string, value: Cell, count: number | null): ICondition {
  return { filter: condition(column, value === null ? { is_empty: true } : { value }), count };
}

/** Whether a value is shown as it is: long ones are shortened, and match nothing. */
export function isWhole(value: Cell): boolean {
  return !(typeof value === 'string' && value.endsWith('…'));
}

function condition(column: string, given: Partial<RowFilter>): RowFilter {
  return { column, value: null, lower: null, upper: null, includes_lower: false, is_empty: false, ...given };
}
