// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { expect, it } from 'vitest';

import type { ComputeSample } from '../api';
import { usageCharts } from './usage';

const trans = nullTranslator.load('');
const sample = (time: number, jobs: number): ComputeSample => ({
  time,
  cpu_percent: 12.3,
  memory_bytes: 1,
  memory_total_bytes: 8,
  gpu_percent: null,
  gpu_memory_bytes: 0,
  gpu_memory_total_bytes: 0,
  jobs,
  kernels: 0
});

it('shows all of the time, connects samples at their usual distance, and leaves a gap where none are', () => {
  const { series, scale } = usageCharts([sample(0, 1), sample(15, 2), sample(100, 9)], 3_600, trans).at(-1)!;
  expect(series).toEqual([
    [-3_500, 0, 15, 57.5, 100],
    [null, 1, 2, null, 9]
  ]);
  expect(scale.top).toBe(9);
});

it('scales shares by all there is, and few jobs by four', () => {
  const charts = usageCharts([sample(0, 1)], 3_600, trans);
  expect(charts.map(({ title, scale }) => [title, scale.top, scale.format(1)])).toEqual([
    ['Processors', 100, '1%'],
    ['Memory', 8, '1 byte'],
    ['Jobs', 4, '1']
  ]);
});
