// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

const [WIDTH, HEIGHT] = [120, 24];

/** A small chart without axes, with a value beside it. */
export function Sparkline(props: {
  label: string;
  /** Time and value, ordered by time. */
  points: readonly (readonly [number, number])[];
  value: string;
}): JSX.Element | null {
  const { label, points, value } = props;
  if (points.length < 2) return null;
  const [start, end] = [points[0][0], points[points.length - 1][0]];
  const top = Math.max(...points.map(([, each]) => each)) || 1;
  const place = ([time, each]: readonly [number, number]): string => {
    const x = ((time - start) / (end - start || 1)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - 1 - (each / top) * (HEIGHT - 2)).toFixed(1)}`;
  };
  const line = points.map(place).join(' ');
  return (
    <div className="jp-MLSparkline">
      <span className="jp-MLProperties-key">{label}</span>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${label}: ${value}`}>
        <polygon points={`0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} className="jp-MLSparkline-area" />
        <polyline points={line} className="jp-MLSparkline-line" />
      </svg>
      <span className="jp-MLSparkline-value">{value}</span>
    </div>
  );
}
