// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX, ReactNode } from 'react';

import { useTrans } from '../hooks';
import type { ColumnProfile, DataModel, ICondition } from './model';
import {
  barConditions,
  cellText,
  distinctText,
  medianText,
  filterText,
  hasTimes,
  isWhole,
  numberText,
  valueCondition
} from './texts';

/** The profiles of all columns, one in a row. */
export function ColumnsTable({ model }: { model: DataModel }): JSX.Element {
  const { first, profile } = model;
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
            <th scope="col">{trans.__('Distribution')}</th>
          </tr>
        </thead>
        <tbody>
          {first?.columns.map(({ name, type }) => {
            const found = profiles.get(name);
            const ends = typeof found?.mean === 'number' ? 'jp-mod-number' : undefined;
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{type}</td>
                <td className="jp-mod-number">
                  {found?.nulls ? (
                    <Filter model={model} condition={valueCondition(name, null, found.nulls)}>
                      {found.nulls.toLocaleString()}
                    </Filter>
                  ) : (
                    (found?.nulls ?? '')
                  )}
                </td>
                <td className="jp-mod-number">{found?.not_numbers?.toLocaleString() ?? ''}</td>
                <td className="jp-mod-number">{found ? distinctText(found) : ''}</td>
                <td className={ends}>{found ? cellText(found.minimum) : ''}</td>
                <td className="jp-mod-number">{found ? medianText(found) : ''}</td>
                <td className="jp-mod-number">{numberText(found?.mean ?? null)}</td>
                <td className={ends}>{found ? cellText(found.maximum) : ''}</td>
                <td className="jp-MLDataView-values">
                  {found?.top.map(({ value, count }) => (
                    <Filter key={cellText(value)} model={model} condition={valueCondition(name, value, count)}>
                      {`${cellText(value)} (${count.toLocaleString()})`}
                    </Filter>
                  ))}
                </td>
                <td>{found && found.bins.length > 1 && <Bins model={model} profile={found} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A number of rows, as a button that shows only these. */
function Filter(props: { model: DataModel; condition: ICondition; children: ReactNode }): JSX.Element {
  const trans = useTrans();
  const { model, condition, children } = props;
  const { filter, count } = condition;
  if (!count || !isWhole(filter.value ?? null)) return <span>{children}</span>;
  const type = model.first?.columns.find(({ name }) => name === filter.column)?.type ?? '';
  const text = trans.__('Show the rows where %1', filterText(filter, hasTimes(type), trans));
  return (
    <button
      title={text}
      aria-label={`${text}: ${count.toLocaleString()}`}
      onClick={() => void model.addCondition(condition)}
    >
      {children}
    </button>
  );
}

/** The bars of a histogram as a list. */
function Bins({ model, profile }: { model: DataModel; profile: ColumnProfile }): JSX.Element {
  const trans = useTrans();
  const times = hasTimes(profile.type);
  return (
    <details>
      <summary>{trans._n('%1 bar', '%1 bars', profile.bins.length)}</summary>
      <ul>
        {barConditions(profile).map(bar => (
          <li key={bar.filter.lower}>
            <Filter model={model} condition={bar}>
              {`${filterText(bar.filter, times, trans)}: ${(bar.count ?? 0).toLocaleString()}`}
            </Filter>
          </li>
        ))}
      </ul>
    </details>
  );
}
