// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useTrans } from '../hooks';
import type { DataModel } from './model';
import { filterText, hasTimes } from './texts';

/** The conditions that the shown rows match, in words; each can be removed. */
export function Conditions({ model }: { model: DataModel }): JSX.Element | null {
  const trans = useTrans();
  const { conditions, first } = model;
  if (!conditions.length) return null;
  const types = new Map(first?.columns.map(({ name, type }) => [name, type]));
  return (
    <div className="jp-MLDataView-conditions" role="group" aria-label={trans.__('Filter')}>
      <span>{trans.__('Rows where')}</span>
      {conditions.map(condition => {
        const text = filterText(condition.filter, hasTimes(types.get(condition.filter.column) ?? ''), trans);
        const remove = (): void => void model.setConditions(model.conditions.filter(each => each !== condition));
        return (
          <button
            key={text}
            title={trans.__('Remove')}
            aria-label={trans.__('Remove the filter %1', text)}
            onClick={remove}
          >
            {text} <span aria-hidden>×</span>
          </button>
        );
      })}
    </div>
  );
}
