// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Model, ModelComparison } from '../api';
import { Notice } from '../components';
import { CompareWith, ComparisonTable } from '../components/Comparison';
import { useTrans } from '../hooks';
import type { RegisteredModel } from './model';

/** The selected version beside another one. */
export function CompareTab({ model, selected }: { model: RegisteredModel; selected: Model }): JSX.Element {
  const trans = useTrans();
  const others = model.versions.filter(({ version }) => version !== selected.version);
  const { comparison, other } = model;
  if (!others.length) return <Notice>{trans.__('The model has one version only.')}</Notice>;
  const versions = new Map(others.map(each => [each.version, reference(each)]));
  return (
    <CompareWith versions={versions} value={other ?? ''} onChange={value => void model.compare(value)}>
      {all => comparison && <Comparison comparison={comparison} all={all} />}
    </CompareWith>
  );
}

function Comparison({ comparison, all }: { comparison: ModelComparison; all: boolean }): JSX.Element {
  const trans = useTrans();
  const { first, second, same_content } = comparison;
  const parts = [
    [trans.__('Packages'), comparison.packages, trans.__('any')],
    [trans.__('Flavors'), comparison.flavors],
    [trans.__('Signature'), comparison.signature],
    [trans.__('Parameters'), comparison.parameters],
    [trans.__('Metrics'), comparison.metrics]
  ] as const;
  const shown = parts
    .map(([title, rows, empty]) => ({ title, empty, rows: rows.filter(row => all || row.first !== row.second) }))
    .filter(({ rows }) => rows.length);
  return (
    <>
      {same_content !== null && (
        <p className="jp-MLModel-more">
          {same_content ? trans.__('The files of both versions are equal.') : trans.__('The files differ.')}
        </p>
      )}
      {!shown.length && <Notice>{trans.__('Packages, flavors, signature, parameters and metrics are equal.')}</Notice>}
      {shown.map(each => (
        <ComparisonTable key={each.title} {...each} first={reference(first)} second={reference(second)} />
      ))}
    </>
  );
}

const reference = ({ name, version }: { name: string; version: string }): string => `${name}:${version}`;
