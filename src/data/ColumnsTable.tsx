// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useTrans } from '../hooks';
import type { DataModel } from './model';
import { cellText, distinctText, numberText } from './texts';

/** The profiles of all columns, one in a row. */
export function ColumnsTable({ model: { first, profile } }: { model: DataModel }): JSX.Element {
  const trans = useTrans();
  const profiles = new Map(profile?.columns.map(column => [column.name, column]));
  return (
    <div className="jp-MLDataView-scroll" tabIndex={0} role="region" aria-label={trans.__('Columns')}>
      <table className="jp-MLDataView-columns">
        <thead>
          <tr>
            <th scope="col">{trans.__('Column')}</th>
            <th scope="col">{trans.__('Type')}</th>
            <th scope="col">{trans.__('Empty')}</th>
            <th scope="col">{trans.__('Not of the Type')}</th>
            <th scope="col">{trans.__('Distinct')}</th>
            <th scope="col">{trans.__('Minimum')}</th>
            <th scope="col">{trans.__('Median')}</th>
            <th scope="col">{trans.__('Mean')}</th>
            <th scope="col">{trans.__('Maximum')}</th>
            <th scope="col">{trans.__('Most Frequent')}</th>
          </tr>
        </thead>
        <tbody>
          {first?.columns.map(({ name, type }) => {
            const found = profiles.get(name);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{type}</td>
                <td className="jp-mod-number">{found?.nulls?.toLocaleString() ?? ''}</td>
                <td className="jp-mod-number">{found?.not_numbers?.toLocaleString() ?? ''}</td>
                <td className="jp-mod-number">{found ? distinctText(found) : ''}</td>
                <td>{found ? cellText(found.minimum) : ''}</td>
                <td className="jp-mod-number">{numberText(found?.quantiles?.median ?? null)}</td>
                <td className="jp-mod-number">{numberText(found?.mean ?? null)}</td>
                <td>{found ? cellText(found.maximum) : ''}</td>
                <td>
                  {found?.top.map(({ value, count }) => `${cellText(value)} (${count.toLocaleString()})`).join(', ')}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
