// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX, ReactNode } from 'react';

import { useTrans } from '../hooks';
import { visible } from './visible';

/** A value of two versions; null where a version has none. */
export interface IComparedRow {
  name: string;
  first: string | null;
  second: string | null;
}

/** Choose a version to compare with; `children` are rendered with whether to show what is equal. */
export function CompareWith(props: {
  /** References by the versions that can be chosen. */
  versions: ReadonlyMap<string, string>;
  /** The chosen reference; empty for none. */
  value: string;
  onChange: (reference: string) => void;
  children: (all: boolean) => ReactNode;
}): JSX.Element {
  const { versions, value, onChange, children } = props;
  const trans = useTrans();
  const [all, setAll] = useState(false);
  return (
    <div className="jp-MLAsset-scroll" tabIndex={0}>
      <div className="jp-MLComparison-choice">
        <label>
          {trans.__('Compare with version')}{' '}
          <select value={value} onChange={({ target }) => onChange(target.value)}>
            <option value="">{trans.__('Choose…')}</option>
            {[...versions].map(([version, reference]) => (
              <option key={version} value={reference}>
                {version}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={all} onChange={({ target }) => setAll(target.checked)} />{' '}
          {trans.__('Show what is equal')}
        </label>
      </div>
      {children(all)}
    </div>
  );
}

/** The values of two versions side by side. */
export function ComparisonTable(props: {
  title: string;
  first: string;
  second: string;
  rows: readonly IComparedRow[];
  /** What to show for an empty value; by default nothing. */
  empty?: string;
}): JSX.Element {
  const { title, first, second, rows, empty } = props;
  const trans = useTrans();
  const cell = (value: string | null): JSX.Element | string => {
    if (value === null) return <em>{trans.__('not there')}</em>;
    return value || !empty ? visible(value) : <em>{empty}</em>;
  };
  return (
    <table className="jp-MLComparison-table">
      <caption className="jp-MLProperties-title">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          <th scope="col">{visible(first)}</th>
          <th scope="col">{visible(second)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.name} className={row.first === row.second ? '' : 'jp-mod-changed'}>
            <th scope="row">{visible(row.name)}</th>
            <td>{cell(row.first)}</td>
            <td>{cell(row.second)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
