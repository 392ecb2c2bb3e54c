// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useCallback, useMemo, useState } from 'react';
import type { JSX } from 'react';

import { formatValue, visible } from '../../../components';
import { useSignalValue, useTrans } from '../../../hooks';
import { themeValue } from '../../../jobs/panel/metrics/palette';
import { labelOf, textOf, titleOf } from '../columns';
import type { IChartProps } from './chart';
import { Canvas } from './Canvas';
import type { Draw } from './Canvas';
import { scaleOf } from './scales';
import type { IScale } from './scales';

const RADIUS = 3;
const NEAR_PX = 24;

interface IPoint {
  run: number;
  x: number;
  y: number;
}

/** Two values of each run as a point; a click selects the run. */
export function Scatter({ runs, order, chart, labels, selection }: IChartProps): JSX.Element {
  const trans = useTrans();
  const [xColumn, yColumn] = chart.columns;
  const selected = useSignalValue(selection.changed, () => selection.names);
  const [hovered, setHovered] = useState<number | null>(null);
  const { points, x, y } = useMemo(() => {
    const [horizontal, vertical] = [scaleOf(runs, xColumn, order, chart.log), scaleOf(runs, yColumn, order, false)];
    const found = order.flatMap((run): IPoint[] => {
      const [left, top] = [horizontal.at(runs.value(xColumn, run)), vertical.at(runs.value(yColumn, run))];
      return left === null || top === null ? [] : [{ run, x: left, y: top }];
    });
    return { points: found, x: horizontal, y: vertical };
  }, [runs, order, xColumn, yColumn, chart.log]);

  const isAny = selected.length > 0;
  const draw = useCallback<Draw>(
    (context, width, height) => {
      context.globalAlpha = points.length > 500 ? 0.4 : 0.8;
      context.fillStyle = themeValue(isAny ? '--jp-ui-font-color3' : '--jp-brand-color1');
      for (const point of points) dot(context, point, RADIUS, width, height);
    },
    [points, isAny]
  );
  const mark = useCallback<Draw>(
    (context, width, height) => {
      const marked = new Set(selected);
      context.fillStyle = themeValue('--jp-warn-color1');
      for (const point of points) {
        if (point.run === hovered || marked.has(runs.name(point.run))) dot(context, point, RADIUS + 2, width, height);
      }
    },
    [points, selected, hovered, runs]
  );

  const onPointer = (left: number, top: number, { clientWidth, clientHeight }: HTMLElement): void => {
    let nearest: IPoint | null = null;
    let least = NEAR_PX;
    for (const point of points) {
      const [dx, dy] = [
        inset(point.x, clientWidth) - left * clientWidth,
        inset(point.y, clientHeight) - top * clientHeight
      ];
      const distance = Math.hypot(dx, dy);
      if (distance < least) [nearest, least] = [point, distance];
    }
    setHovered(nearest?.run ?? null);
  };

  const reading =
    hovered === null
      ? ''
      : [
          labelOf(runs, hovered, labels, trans),
          `${titleOf(xColumn, trans)} ${textOf(xColumn, runs.value(xColumn, hovered), trans)}`,
          `${titleOf(yColumn, trans)} ${textOf(yColumn, runs.value(yColumn, hovered), trans)}`
        ].join(' · ');
  return (
    <div className="jp-MLPlot">
      <output className="jp-MLPlot-reading">{reading}</output>
      <div className="jp-MLPlot-y">
        <span>{endOf(y, 'max')}</span>
        <span>{titleOf(yColumn, trans)}</span>
        <span>{endOf(y, 'min')}</span>
      </div>
      <div className="jp-MLPlot-area">
        <Canvas
          label={trans.__('%1 runs: %2 against %3', points.length, titleOf(yColumn, trans), titleOf(xColumn, trans))}
          draw={draw}
          mark={mark}
          onPointer={onPointer}
          onLeave={() => setHovered(null)}
          onClick={() => hovered !== null && selection.set([runs.name(hovered)])}
        />
      </div>
      <div className="jp-MLPlot-x">
        <span>{endOf(x, 'min')}</span>
        <span>{titleOf(xColumn, trans)}</span>
        <span>{endOf(x, 'max')}</span>
      </div>
    </div>
  );
}

function dot(
  context: CanvasRenderingContext2D,
  { x: left, y: top }: IPoint,
  radius: number,
  width: number,
  height: number
): void {
  context.beginPath();
  context.arc(inset(left, width), height - inset(top, height), radius, 0, 2 * Math.PI);
  context.fill();
}

/** Keep points at the edge whole. */
const inset = (share: number, size: number): number => 8 + share * (size - 16);

/** Return the text at an end of an axis. */
export function endOf({ texts, min, max }: IScale, end: 'min' | 'max'): string {
  if (texts.length) return visible(texts[end === 'min' ? 0 : texts.length - 1]);
  return formatValue(end === 'min' ? min : max, 3);
}
