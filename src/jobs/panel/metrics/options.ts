// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import uPlot from 'uplot';

import { formatSpan, formatTick } from '../../../components';
import { strokeOf, themeValue } from './palette';
import type { Axis, Series } from './series';

/** Height of a chart with its axes, in pixels. */
export const HEIGHT = 168;
/** Series with fewer points have markers. */
const FEW = 24;
const AXIS_PX = { x: 24, y: 52 };

/** A series in a chart. */
export interface ILine {
  /** The job's name. */
  name: string;
  /** The index of the job, for its colour. */
  index: number;
  series: Series;
  /** The series before smoothing. */
  raw: Series | null;
}

/** Options of a chart. */
export interface IChartOptions {
  axis: Axis;
  log: boolean;
  width: number;
  /** The CSS font of the axes, with a size in pixels, as a canvas requires. */
  font: string;
  /** Charts of a group share a crosshair. */
  group: string;
  /** Called with the index of the point under the cursor, or null. */
  onCursor: (chart: uPlot, index: number | null) => void;
}

/** Align series on a common x axis for uPlot; unsmoothed series are drawn below. */
export function alignLines(lines: readonly ILine[]): uPlot.AlignedData {
  const series = lines.flatMap(({ series, raw }) => (raw ? [raw, series] : [series]));
  if (series.length === 1) return series[0];
  return series.length ? uPlot.join(series.map(([xs, ys]) => [xs, ys])) : [[]];
}

/** Return the options of uPlot for `lines`. */
export function chartOptions(lines: readonly ILine[], options: IChartOptions): uPlot.Options {
  const axis = {
    font: options.font,
    stroke: () => themeValue('--jp-ui-font-color2'),
    grid: { stroke: () => themeValue('--jp-layout-color2'), width: 1 },
    ticks: { show: false },
    gap: 4
  };
  return {
    width: options.width,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    scales: { x: { time: false }, y: options.log ? { distr: 3 } : {} },
    axes: [
      { ...axis, size: AXIS_PX.x, space: 64, values: (_, splits) => splits.map(each => label(each, options.axis)) },
      { ...axis, size: AXIS_PX.y, space: 28, values: (_, splits) => splits.map(value) }
    ],
    series: [{}, ...lines.flatMap(line => (line.raw ? [series(line, 0.25), series(line, 1)] : [series(line, 1)]))],
    cursor: {
      drag: { x: true, y: false, setScale: true },
      y: false,
      points: { size: 6 },
      sync: { key: options.group, scales: ['x', null] }
    },
    hooks: { setCursor: [chart => options.onCursor(chart, chart.cursor.idx ?? null)] }
  };
}

function series(line: ILine, alpha: number): uPlot.Series {
  const { variable, dash } = strokeOf(line.index);
  const color = themeValue(variable);
  const few = line.series[0].length <= FEW;
  return {
    stroke: color,
    width: 1.5,
    alpha,
    dash,
    spanGaps: false,
    points: { show: alpha === 1 && few, size: 4, fill: color }
  };
}

function label(at: number, axis: Axis): string {
  return axis === 'step' ? formatTick(at) : formatSpan(at);
}

/** Some ticks of a logarithmic axis have no label. */
function value(at: number | null): string {
  return at === null ? '' : formatTick(at);
}
