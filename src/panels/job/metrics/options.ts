// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import uPlot from 'uplot';

import { formatSpan, formatValue } from '../../../components';
import { strokeOf, themeValue } from './palette';
import type { Axis, Course } from './series';

/** How high a chart is, its axes included. */
export const HEIGHT = 168;
/** Fewer points than this are drawn as points, too. */
const FEW = 24;
const AXIS_PX = { x: 24, y: 52 };

/** A line of a chart. */
export interface ILine {
  /** The job. */
  name: string;
  /** Which of the jobs it is, for its colour. */
  index: number;
  course: Course;
  /** What the course was before it was smoothed. */
  raw: Course | null;
}

/** What a chart is besides its lines. */
export interface IChartOptions {
  axis: Axis;
  log: boolean;
  width: number;
  /** For the axes, in pixels: a canvas knows no other unit. */
  font: string;
  /** Charts of one group share their crosshair. */
  group: string;
  /** Called with the place of the cursor among the points; null when it is gone. */
  onCursor: (chart: uPlot, index: number | null) => void;
}

/** All lines over one x axis, as uPlot wants them; raw ones lie below. */
export function alignLines(lines: readonly ILine[]): uPlot.AlignedData {
  const courses = lines.flatMap(({ course, raw }) => (raw ? [raw, course] : [course]));
  if (courses.length === 1) return courses[0];
  return courses.length ? uPlot.join(courses.map(([xs, ys]) => [xs, ys])) : [[]];
}

/** What uPlot has to know to draw `lines`. */
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
  const few = line.course[0].length <= FEW;
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
  return axis === 'step' ? formatValue(at) : formatSpan(at);
}

/** On a logarithmic scale some splits have no label. */
function value(at: number | null): string {
  return at === null ? '' : formatValue(at, 3);
}
