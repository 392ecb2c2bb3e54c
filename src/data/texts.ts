// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cell, ColumnProfile, DataProfile } from './model';

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
