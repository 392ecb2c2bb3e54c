// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useTrans } from '../hooks';
import type { ColumnProfile, ICondition } from './model';
import { barConditions, filterText, hasTimes, isWhole } from './texts';

/** Properties of Histogram. */
export interface IHistogramProps {
  profile: ColumnProfile;
  /** Called with the condition of a bar that was clicked. */
  onFilter: (condition: ICondition) => void;
}

/**
 * The distribution of a column: bars of its numbers, or of its most frequent values, above a line of filled cells. A click
 * filters the rows; for keyboards and screen readers, the table of columns has the same conditions as buttons.
 */
export function Histogram({ profile, onFilter }: IHistogramProps): JSX.Element {
  const trans = useTrans();
  const bars = barConditions(profile);
  const highest = Math.max(1, ...bars.map(({ count }) => count ?? 0));
  const { nulls, basis, type } = profile;
  return (
    <span className="jp-MLDataView-histogram" aria-hidden>
      <span className="jp-MLDataView-bars">
        {bars.map((bar, index) => {
          const count = bar.count ?? 0;
          const canFilter = count > 0 && isWhole(bar.filter.value ?? null);
          return (
            <span
              key={index}
              className={`jp-MLDataView-bar-slot ${canFilter ? 'jp-mod-clickable' : ''}`}
              title={`${filterText(bar.filter, hasTimes(type), trans)}: ${count.toLocaleString()}`}
              onClick={canFilter ? () => onFilter(bar) : undefined}
            >
              <span
                className="jp-MLDataView-bar-count"
                style={{ height: `${count ? Math.max(4, (100 * count) / highest) : 0}%` }}
              />
            </span>
          );
        })}
      </span>
      <span className="jp-MLDataView-filled">
        <span style={{ width: `${basis.rows ? 100 - (100 * (nulls ?? 0)) / basis.rows : 0}%` }} />
      </span>
    </span>
  );
}
