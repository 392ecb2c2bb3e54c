// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { ColumnProfile } from './model';

/** The distribution of a column: bars of its numbers, or of its most frequent values, above a line of filled cells. */
export function Histogram({ profile }: { profile: ColumnProfile }): JSX.Element {
  const counts = profile.bins.length ? profile.bins.map(({ count }) => count) : profile.top.map(({ count }) => count);
  const highest = Math.max(1, ...counts);
  const { nulls, basis } = profile;
  return (
    <span className="jp-MLDataView-histogram" aria-hidden>
      <span className="jp-MLDataView-bars">
        {counts.map((count, index) => (
          <span key={index} style={{ height: `${count ? Math.max(4, (100 * count) / highest) : 0}%` }} />
        ))}
      </span>
      <span className="jp-MLDataView-filled">
        <span style={{ width: `${basis.rows ? 100 - (100 * (nulls ?? 0)) / basis.rows : 0}%` }} />
      </span>
    </span>
  );
}
