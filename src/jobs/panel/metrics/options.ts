// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import uPlot from 'uplot';

import { formatClock, formatInstant, formatSpan, formatTick } from '../../../components';
import { strokeOf, themeValue } from './palette';
import type { Axis, Series } from './series';

/** Height of a chart with its axes, in pixels. */
export const HEIGHT = 168;
/** Series with fewer points have markers. */
const FEW = 24;
const [MINUTE_S, DAY_S] = [60, 86_400];
const AXIS_PX = { x: 24, y: 52 };

/** The quantity on the x axis of a chart: a metric's, or seconds since the epoch. */
export type ChartAxis = Axis | 'clock';

/** A y axis that begins at 0. */
export interface IScale {
  top: number;
  /** Format a value with its unit. */
  format: (value: number) => string;
}

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
  axis: ChartAxis;
  /** By default that of the values. */
  scale?: IScale;
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
    padding: [8, options.axis === 'clock' ? 28 : 12, 0, 0], // a time of day is wide
    scales: { x: { time: options.axis === 'clock' }, y: scaleOf(options) },
    axes: [
      {
        ...axis,
        size: AXIS_PX.x,
        space: options.axis === 'clock' ? 80 : 64,
        values: (_, splits, __, ___, increment) => splits.map(each => label(each, options.axis, increment))
      },
      { ...axis, size: AXIS_PX.y, space: 28, values: (_, splits) => splits.map(each => value(each, options.scale)) }
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

function scaleOf({ log, scale }: IChartOptions): uPlot.Scale {
  if (scale) return { range: [0, scale.top] };
  return log ? { distr: 3 } : {};
}

function label(at: number, axis: ChartAxis, increment: number): string {
  if (axis === 'clock') {
    if (increment < MINUTE_S) return formatClock(at);
    return formatInstant(at, increment < DAY_S ? 'minute' : 'day');
  }
  return axis === 'step' ? formatTick(at) : formatSpan(at);
}

/** Some ticks of a logarithmic axis have no label. */
function value(at: number | null, scale: IScale | undefined): string {
  return at === null ? '' : at === 0 ? '0' : (scale?.format ?? formatTick)(at);
}
