// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useMemo } from 'react';
import type { JSX } from 'react';

import { formatCount, formatValue } from '../../../components';
import { useTrans } from '../../../hooks';
import { textOf } from '../columns';
import { boxOf, groupRuns } from '../runs';
import type { IChartProps } from './chart';

const MOST = 30;
const EDGE_PX = 4;

/** A box plot of a value for each group: quartiles and median, with whiskers to the extremes. */
export function Boxes({ runs, order, chart }: IChartProps): JSX.Element {
  const trans = useTrans();
  const [by, column] = chart.columns;
  const boxes = useMemo(() => {
    const groups = groupRuns(runs, order, by).slice(0, MOST);
    return groups.flatMap(({ value, runs: members }) => {
      const box = boxOf(runs, column, members);
      return box ? { label: value === null ? trans.__('none') : textOf(by, value, trans), box } : [];
    });
  }, [runs, order, by, column, trans]);
  const low = Math.min(...boxes.map(({ box }) => box.min));
  const span = Math.max(...boxes.map(({ box }) => box.max)) - low || 1;
  // the last ones are as wide as their borders, and must not be outside
  const at = (value: number): string => `calc((100% - ${EDGE_PX}px) * ${(value - low) / span})`;
  const between = (from: number, to: number): { left: string; width: string } => ({
    left: at(from),
    width: `calc((100% - ${EDGE_PX}px) * ${(to - from) / span})`
  });
  return (
    <div className="jp-MLBars" role="list">
      {boxes.map(({ label, box }, index) => {
        const words = [
          trans.__('%1 runs', formatCount(box.count)),
          trans.__('from %1 to %2', formatValue(box.min), formatValue(box.max)),
          trans.__('median %1', formatValue(box.median)),
          trans.__('quartiles %1 and %2', formatValue(box.q1), formatValue(box.q3))
        ].join(', ');
        return (
          <div key={index} className="jp-MLBars-row" role="listitem" title={words} aria-label={`${label}: ${words}`}>
            <span className="jp-MLBars-label">{label}</span>
            <span className="jp-MLBars-track">
              <span className="jp-MLBoxes-whisker" style={between(box.min, box.max)} />
              <span className="jp-MLBoxes-box" style={between(box.q1, box.q3)} />
              <span className="jp-MLBoxes-median" style={{ left: at(box.median) }} />
            </span>
            <span className="jp-MLBars-value">{formatValue(box.median)}</span>
          </div>
        );
      })}
    </div>
  );
}
