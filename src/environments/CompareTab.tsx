// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Environment } from '../api';
import { Notice } from '../components';
import { CompareWith, ComparisonTable } from '../components/Comparison';
import { useTrans } from '../hooks';
import { reference } from './creation';
import type { EnvironmentComparison, EnvironmentModel } from './model';

/** The packages of the shown version beside those of another one. */
export function CompareTab({ model, shown }: { model: EnvironmentModel; shown: Environment }): JSX.Element {
  const trans = useTrans();
  const others = model.versions.filter(each => each.version !== shown.version && each.identity);
  if (!others.length || !shown.identity) {
    return <Notice>{trans.__('The environment has no other version with packages.')}</Notice>;
  }
  const versions = new Map(others.map(each => [each.version, reference(each)]));
  return (
    <CompareWith versions={versions} value={model.other} onChange={other => void model.compare(other)}>
      {all => model.comparison && <Comparison comparison={model.comparison} all={all} />}
    </CompareWith>
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
        <ComparisonTable
          title={trans.__('Packages')}
          first={reference(first)}
          second={reference(second)}
          rows={rows}
          empty={trans.__('any')}
        />
      )}
    </>
  );
}
