// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useCallback, useMemo, useState } from 'react';
import type { CSSProperties, JSX } from 'react';

import { useSignalValue, useTrans } from '../../../hooks';
import { themeValue } from '../../../jobs/panel/metrics/palette';
import { labelOf, titleOf } from '../columns';
import type { IChartProps } from './chart';
import { Canvas } from './Canvas';
import type { Draw } from './Canvas';
import { scaleOf } from './scales';
import { endOf } from './Scatter';

const NEAR = 0.05;
const PAD_PX = 8;

/** Return the place of a label: centered on its axis, but not outside of the chart. */
function under(axis: number, count: number): CSSProperties {
  const last = Math.max(1, count - 1);
  const shift = axis === 0 ? 0 : axis === last ? -100 : -50;
  const side = axis === 0 ? 0 : axis === last ? PAD_PX * 2 : PAD_PX;
  return {
    left: `calc((100% - ${2 * PAD_PX}px) * ${axis / last} + ${side}px)`,
    maxWidth: `${100 / Math.max(1, count)}%`,
    transform: `translateX(${shift}%)`,
    textAlign: axis === 0 ? 'left' : axis === last ? 'right' : 'center'
  };
}

/** Return the x coordinate of an axis. */
const placeOf = (axis: number, count: number, width: number): number =>
  PAD_PX + (axis / Math.max(1, count - 1)) * (width - 2 * PAD_PX);

/** Draw a line through positions on the axes, with gaps where there is none. */
function trace(context: CanvasRenderingContext2D, ys: readonly (number | null)[], width: number, height: number): void {
  context.beginPath();
  let isOpen = false;
  ys.forEach((y, axis) => {
    if (y !== null) {
      const [left, top] = [placeOf(axis, ys.length, width), height - PAD_PX - y * (height - 2 * PAD_PX)];
      if (isOpen) context.lineTo(left, top);
      else context.moveTo(left, top);
    }
    isOpen = y !== null;
  });
  context.stroke();
}

/** A line for each run through its values on parallel axes; a click selects the run. */
export function Parallel({ runs, order, chart, labels, selection }: IChartProps): JSX.Element {
  const trans = useTrans();
  const { columns, log } = chart;
  const selected = useSignalValue(selection.changed, () => selection.names);
  const [hovered, setHovered] = useState<number | null>(null);
  const { scales, lines } = useMemo(() => {
    const found = columns.map(column => scaleOf(runs, column, order, log));
    const all = order.map(run => ({ run, ys: columns.map((column, axis) => found[axis].at(runs.value(column, run))) }));
    return { scales: found, lines: all.filter(({ ys }) => ys.some(y => y !== null)) };
  }, [runs, order, columns, log]);

  const isAny = selected.length > 0;
  const draw = useCallback<Draw>(
    (context, width, height) => {
      context.strokeStyle = themeValue('--jp-border-color1');
      columns.forEach((_, axis) => {
        const x = placeOf(axis, columns.length, width);
        context.beginPath();
        context.moveTo(x, PAD_PX);
        context.lineTo(x, height - PAD_PX);
        context.stroke();
      });
      context.strokeStyle = themeValue(isAny ? '--jp-ui-font-color3' : '--jp-brand-color1');
      context.globalAlpha = Math.max(0.05, Math.min(0.7, 60 / lines.length));
      for (const { ys } of lines) trace(context, ys, width, height);
    },
    [lines, columns, isAny]
  );
  const mark = useCallback<Draw>(
    (context, width, height) => {
      const marked = new Set(selected);
      context.lineWidth = 2;
      context.strokeStyle = themeValue('--jp-warn-color1');
      for (const { run, ys } of lines) {
        if (run === hovered || marked.has(runs.name(run))) trace(context, ys, width, height);
      }
    },
    [lines, selected, hovered, runs]
  );

  const onPointer = (left: number, top: number): void => {
    const position = left * (columns.length - 1);
    const axis = Math.min(columns.length - 2, Math.max(0, Math.floor(position)));
    const share = position - axis;
    let nearest: number | null = null;
    let least = NEAR;
    for (const { run, ys } of lines) {
      const [from, to] = [ys[axis], ys[axis + 1]];
      if (from === null || to === null) continue;
      const distance = Math.abs(from + (to - from) * share - top);
      if (distance < least) [nearest, least] = [run, distance];
    }
    setHovered(nearest);
  };

  return (
    <div className="jp-MLPlot jp-mod-parallel">
      <output className="jp-MLPlot-reading">{hovered !== null && labelOf(runs, hovered, labels, trans)}</output>
      <div className="jp-MLPlot-x">
        {scales.map((scale, axis) => (
          <span key={axis} style={under(axis, columns.length)} title={endOf(scale, 'max')}>
            {endOf(scale, 'max')}
          </span>
        ))}
      </div>
      <div className="jp-MLPlot-area">
        <Canvas
          label={trans.__('%1 runs by %2', lines.length, columns.map(column => titleOf(column, trans)).join(', '))}
          draw={draw}
          mark={mark}
          onPointer={onPointer}
          onLeave={() => setHovered(null)}
          onClick={() => hovered !== null && selection.set([runs.name(hovered)])}
        />
      </div>
      <div className="jp-MLPlot-x">
        {scales.map((scale, axis) => (
          <span key={axis} style={under(axis, columns.length)} title={titleOf(columns[axis], trans)}>
            {endOf(scale, 'min')}
            <br />
            {titleOf(columns[axis], trans)}
          </span>
        ))}
      </div>
    </div>
  );
}
