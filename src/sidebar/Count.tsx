// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { formatCount } from '../components';
import { useTrans, useVersion } from '../hooks';
import type { IResource, IRowWindow } from '../resources';

/** Properties of Count. */
export interface ICountProps {
  rows: IRowWindow<IResource>;
  children?: JSX.Element;
}

/** The number of rows that match the filter; without a filter, the summary of the section, or the number of rows. */
export function Count({ rows, children }: ICountProps): JSX.Element {
  const trans = useTrans();
  useVersion(rows.changed);
  const isFiltered = Boolean(rows.query.filter);
  if (!isFiltered && children) return children;
  const count = rows.error ? null : rows.total;
  const matches = (): string => (count === null ? '' : trans._n('%2 match', '%2 matches', count, formatCount(count)));
  const text = isFiltered ? matches() : count ? formatCount(count) : '';
  return <span className="jp-MLSection-summary">{text}</span>;
}
