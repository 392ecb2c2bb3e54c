// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useSignalValue, useTrans } from '../../../hooks';
import { labelOf, textOf } from '../columns';
import type { IChartProps } from './chart';

const MOST = 50;

/** A bar for the value of each run, in the order of the table. */
export function Bars({ runs, order, chart, labels, selection }: IChartProps): JSX.Element {
  const trans = useTrans();
  const [column] = chart.columns;
  const selected = useSignalValue(selection.changed, () => selection.names);
  const shown = order.filter(run => runs.number(column, run) !== null).slice(0, MOST);
  const values = shown.map(run => runs.number(column, run) ?? 0);
  const low = Math.min(0, ...values);
  const span = Math.max(0, ...values) - low || 1;
  return (
    <div className="jp-MLBars" role="list">
      {shown.map((run, index) => {
        const name = runs.name(run);
        const [from, to] = [Math.min(0, values[index]), Math.max(0, values[index])];
        return (
          <div key={name} className="jp-MLBars-item" role="listitem">
            <button
              className="jp-MLBars-row"
              aria-current={selected.includes(name)}
              onClick={() => selection.set([name])}
            >
              <span className="jp-MLBars-label">{labelOf(runs, run, labels, trans)}</span>
              <span className="jp-MLBars-track">
                <span
                  className="jp-MLBars-bar"
                  style={{ left: percent((from - low) / span), width: percent((to - from) / span) }}
                />
              </span>
              <span className="jp-MLBars-value">{textOf(column, values[index], trans)}</span>
            </button>
          </div>
        );
      })}
      {shown.length === MOST && (
        <p className="jp-MLChart-note">
          {trans.__('The first %1 of %2 runs of the table.', shown.length, order.length)}
        </p>
      )}
    </div>
  );
}

const percent = (share: number): string => `${share * 100}%`;
