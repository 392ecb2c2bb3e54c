// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import type { Model, ModelComparison } from '../api';
import { Notice, visible } from '../components';
import { useTrans } from '../hooks';
import type { RegisteredModel } from './model';

/** The selected version beside another one. */
export function CompareTab({ model, selected }: { model: RegisteredModel; selected: Model }): JSX.Element {
  const trans = useTrans();
  const others = model.versions.filter(({ version }) => version !== selected.version);
  const [all, setAll] = useState(false);
  const { comparison, other } = model;
  if (!others.length) return <Notice>{trans.__('The model has one version only.')}</Notice>;
  return (
    <div className="jp-MLModel-scroll" tabIndex={0}>
      <div className="jp-MLModel-choice">
        <label>
          {trans.__('Compare with version')}{' '}
          <select value={other ?? ''} onChange={({ target: { value } }) => void model.compare(value)}>
            <option value="">{trans.__('Choose…')}</option>
            {others.map(({ name, version }) => (
              <option key={version} value={`${name}:${version}`}>
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
      {comparison && <Comparison comparison={comparison} all={all} />}
    </div>
  );
}

function Comparison({ comparison, all }: { comparison: ModelComparison; all: boolean }): JSX.Element {
  const trans = useTrans();
  const { first, second, same_content } = comparison;
  const parts = [
    [trans.__('Packages'), comparison.packages],
    [trans.__('Flavors'), comparison.flavors],
    [trans.__('Signature'), comparison.signature],
    [trans.__('Parameters'), comparison.parameters],
    [trans.__('Metrics'), comparison.metrics]
  ] as const;
  const shown = parts
    .map(([title, rows]) => [title, rows.filter(row => all || row.first !== row.second)] as const)
    .filter(([, rows]) => rows.length);
  return (
    <>
      {same_content !== null && (
        <p className="jp-MLModel-more">
          {same_content ? trans.__('The files of both versions are equal.') : trans.__('The files differ.')}
        </p>
      )}
      {!shown.length && <Notice>{trans.__('Packages, flavors, signature, parameters and metrics are equal.')}</Notice>}
      {shown.map(([title, rows]) => (
        <table key={title} className="jp-MLModel-table">
          <caption className="jp-MLProperties-title">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{visible(`${first.name}:${first.version}`)}</th>
              <th scope="col">{visible(`${second.name}:${second.version}`)}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row.name} className={row.first === row.second ? '' : 'jp-mod-changed'}>
                <th scope="row">{visible(row.name)}</th>
                <Value value={row.first} />
                <Value value={row.second} />
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </>
  );
}

function Value({ value }: { value: string | null }): JSX.Element {
  const trans = useTrans();
  return <td>{value === null ? <em>{trans.__('not there')}</em> : visible(value)}</td>;
}
