// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import type { Environment } from '../api';
import { Notice, visible } from '../components';
import { useTrans } from '../hooks';
import { reference } from './creation';
import type { EnvironmentComparison, EnvironmentModel } from './model';

/** The packages of the shown version beside those of another one. */
export function CompareTab({ model, shown }: { model: EnvironmentModel; shown: Environment }): JSX.Element {
  const trans = useTrans();
  const [all, setAll] = useState(false);
  const others = model.versions.filter(each => each.version !== shown.version && each.identity);
  if (!others.length || !shown.identity) {
    return <Notice>{trans.__('The environment has no other version with packages.')}</Notice>;
  }
  return (
    <div className="jp-MLModel-scroll" tabIndex={0}>
      <div className="jp-MLModel-choice">
        <label>
          {trans.__('Compare with version')}{' '}
          <select value={model.other} onChange={({ target }) => void model.compare(target.value)}>
            <option value="">{trans.__('Choose…')}</option>
            {others.map(each => (
              <option key={each.version} value={reference(each)}>
                {each.version}
              </option>
            ))}
          </select>
        </label>
        <label>
          <input type="checkbox" checked={all} onChange={({ target }) => setAll(target.checked)} />{' '}
          {trans.__('Show what is equal')}
        </label>
      </div>
      {model.comparison && <Comparison comparison={model.comparison} all={all} />}
    </div>
  );
}

function Comparison({ comparison, all }: { comparison: EnvironmentComparison; all: boolean }): JSX.Element {
  const trans = useTrans();
  const { first, second, resolved } = comparison;
  const rows = comparison.packages.filter(row => all || row.first !== row.second);
  return (
    <>
      {!resolved && (
        <Notice>{trans.__('Not both versions were built: these are their requirements, not exact versions.')}</Notice>
      )}
      {rows.length === 0 ? (
        <Notice>{trans.__('The packages are equal.')}</Notice>
      ) : (
        <table className="jp-MLModel-table">
          <caption className="jp-MLProperties-title">{trans.__('Packages')}</caption>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{visible(reference(first))}</th>
              <th scope="col">{visible(reference(second))}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row.name} className={row.first === row.second ? '' : 'jp-mod-changed'}>
                <th scope="row">{visible(row.name)}</th>
                <td>{textOf(row.first)}</td>
                <td>{textOf(row.second)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );

  function textOf(value: string | null): JSX.Element | string {
    if (value === null) return <em>{trans.__('not there')}</em>;
    return value ? visible(value) : <em>{trans.__('any')}</em>;
  }
}
