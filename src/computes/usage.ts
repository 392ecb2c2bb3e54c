// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ComputeSample } from '../api';
import { formatBytes, formatShare, formatValue } from '../components';
import type { IScale, Series } from '../jobs/panel/metrics';

/** How many samples a chart has at most. */
export const MAX_POINTS = 240;
/** Fewer jobs fill the chart up to this number, so that its ticks are whole numbers. */
const LEAST_TOP = 4;
/** Samples that are further apart, in their usual distances, are not connected. */
const GAP = 3;

/** A time that ends now. */
export type Period = 'hour' | 'day' | 'month';

export const PERIODS: Record<Period, number> = { hour: 3_600, day: 86_400, month: 30 * 86_400 };

/** A chart of how busy a compute was. */
export interface IUsageChart {
  title: string;
  series: Series;
  scale: IScale;
}

/** Return the charts of a time, without those of what a compute does not have. */
export function usageCharts(
  samples: readonly ComputeSample[],
  seconds: number,
  trans: TranslationBundle
): IUsageChart[] {
  const chart = (
    title: string,
    read: (sample: ComputeSample) => number | null,
    top: number,
    format: IScale['format']
  ): IUsageChart => ({ title, series: seriesOf(samples, seconds, read), scale: { top, format } });
  const most = (read: (sample: ComputeSample) => number): number => Math.max(0, ...samples.map(read));
  const memory = most(({ memory_total_bytes: total }) => total);
  const gpuMemory = most(({ gpu_memory_total_bytes: total }) => total);
  const hasGpu = samples.some(({ gpu_percent: percent }) => percent !== null);
  const jobs = Math.max(
    LEAST_TOP,
    most(sample => sample.jobs)
  );
  const kernels = most(sample => sample.kernels);
  return [
    chart(trans.__('Processors'), sample => sample.cpu_percent, 100, formatPercent),
    chart(trans.__('Memory'), sample => sample.memory_bytes, memory || 1, formatBytes),
    ...(hasGpu ? [chart(trans.__('GPUs'), sample => sample.gpu_percent, 100, formatPercent)] : []),
    ...(gpuMemory ? [chart(trans.__('GPU memory'), sample => sample.gpu_memory_bytes, gpuMemory, formatBytes)] : []),
    chart(trans.__('Jobs'), sample => sample.jobs, jobs, formatValue),
    ...(kernels
      ? [chart(trans.__('Kernels'), sample => sample.kernels, Math.max(LEAST_TOP, kernels), formatValue)]
      : [])
  ];
}

/** Return a measure by seconds since the epoch in all of a time, with a gap where nothing was measured. */
function seriesOf(
  samples: readonly ComputeSample[],
  seconds: number,
  read: (sample: ComputeSample) => number | null
): Series {
  const end = samples.at(-1)?.time;
  if (end === undefined) return [[], []];
  const [xs, ys]: Series = [[end - seconds], [null]];
  for (const sample of samples) {
    const last = xs[xs.length - 1];
    if (ys.at(-1) !== null && sample.time - last > (GAP * seconds) / MAX_POINTS) {
      xs.push((last + sample.time) / 2);
      ys.push(null);
    }
    xs.push(sample.time);
    ys.push(read(sample));
  }
  return [xs, ys];
}

function formatPercent(percent: number): string {
  return formatShare(percent / 100);
}
