// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useMemo, useRef } from 'react';
import type { JSX } from 'react';
import uPlot from 'uplot';

import { formatDuration, formatInstant, formatValue } from '../../../components';
import { useTrans, useVisibleOnce } from '../../../hooks';
import { alignLines, chartOptions, HEIGHT } from './options';
import type { ChartAxis, ILine, IScale } from './options';
import { useTheme } from './palette';

type Format = IScale['format'];

const POSITIONS: Record<ChartAxis, Format> = {
  step: formatValue,
  time: formatDuration,
  clock: seconds => formatInstant(seconds, 'both')
};

/** Properties of Chart. */
export interface IChartProps {
  title: string;
  lines: readonly ILine[];
  axis: ChartAxis;
  /** The y axis; by default that of the values. */
  scale?: IScale;
  log: boolean;
  /** Charts of a group share a crosshair. */
  group: string;
}

/** A chart of one metric. The reading under the cursor is updated without rendering, because it follows the mouse. */
export function Chart({ title, lines, axis, scale, log, group }: IChartProps): JSX.Element {
  const trans = useTrans();
  const theme = useTheme();
  const [frame, seen] = useVisibleOnce<HTMLDivElement>('.jp-MLTabBody, .jp-MLCompare-body, .jp-MLAsset-scroll', 300);
  const reading = useRef<HTMLSpanElement>(null);
  const chart = useRef<uPlot | null>(null);
  const data = useMemo(() => alignLines(lines), [lines]);
  const latest = useRef({ lines, data });
  const { top, format = formatValue } = scale ?? {};
  const shape = lines.map(({ name, raw }) => `${name}${raw ? '~' : ''}`).join('\n');

  useEffect(() => {
    latest.current = { lines, data };
    if (reading.current) reading.current.textContent = readLast(lines, format);
  }, [lines, data, format]);

  useEffect(() => {
    const node = frame.current;
    if (!node || !seen) return;
    const onCursor = (plot: uPlot, index: number | null): void => {
      if (!reading.current) return;
      reading.current.textContent =
        index === null
          ? readLast(latest.current.lines, format)
          : readAt(plot, index, axis, latest.current.lines, format);
    };
    const { fontSize, fontFamily } = getComputedStyle(node);
    const font = `${fontSize} ${fontFamily}`;
    const options = chartOptions(latest.current.lines, {
      axis,
      scale: top === undefined ? undefined : { top, format },
      log,
      group,
      onCursor,
      font,
      width: node.clientWidth
    });
    const plot = new uPlot(options, latest.current.data, node);
    chart.current = plot;
    const observer = new ResizeObserver(() => {
      if (node.clientWidth && node.clientWidth !== plot.width) {
        plot.setSize({ width: node.clientWidth, height: HEIGHT });
      }
    });
    observer.observe(node);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [frame, seen, axis, top, format, log, group, theme, shape]);

  useEffect(() => update(chart.current, data), [data]);

  return (
    <figure className="jp-MLChart">
      <figcaption className="jp-MLChart-head">
        <span className="jp-MLChart-title" title={title}>
          {title}
        </span>
        <span className="jp-MLChart-reading" ref={reading} />
      </figcaption>
      <div
        className="jp-MLChart-frame"
        ref={frame}
        role="img"
        aria-label={trans.__(
          '%1: %2',
          title,
          lines.map(line => `${line.name} ${readLast([line], format)}`.trim()).join(', ')
        )}
      />
    </figure>
  );
}

/** Update the data, and keep the zoom. */
function update(plot: uPlot | null, data: uPlot.AlignedData): void {
  if (!plot || plot.data === data) return;
  const { min = null, max = null } = plot.scales.x;
  const [xs] = plot.data;
  const zoomed = min !== null && max !== null && (min > xs[0] || max < xs[xs.length - 1]);
  plot.setData(data, !zoomed);
  if (zoomed) plot.redraw();
}

/** Return the last value of a scalars series; an empty text for several. */
function readLast(lines: readonly ILine[], format: Format): string {
  const last = lines.length === 1 ? (lines[0].raw ?? lines[0].series)[1].at(-1) : undefined;
  return typeof last === 'number' ? format(last) : '';
}

/** Return the position of the cursor, and the nearest series. */
function readAt(plot: uPlot, index: number, axis: ChartAxis, lines: readonly ILine[], format: Format): string {
  const x = plot.data[0][index];
  const where = POSITIONS[axis](x);
  const top = plot.cursor.top ?? 0;
  let nearest: { name: string; value: number; distance: number } | null = null;
  let series = 0;
  for (const { name, raw } of lines) {
    series += raw ? 2 : 1;
    const value = plot.data[series][index];
    if (typeof value !== 'number') continue;
    const distance = top < 0 ? 0 : Math.abs(plot.valToPos(value, 'y') - top);
    if (!nearest || distance < nearest.distance) nearest = { name, value, distance };
  }
  if (!nearest) return where;
  const words = [where, lines.length > 1 ? nearest.name : '', format(nearest.value)];
  return words.filter(Boolean).join(' · ');
}
