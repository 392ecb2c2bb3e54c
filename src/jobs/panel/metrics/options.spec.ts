// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import { alignLines, chartOptions } from './options';
import type { ILine } from './options';
import { strokeOf } from './palette';
import type { Series } from './series';

const line = (name: string, series: Series, raw: Series | null = null, index = 0): ILine => ({
  name,
  index,
  series,
  raw
});

describe('alignLines', () => {
  it('returns a single series unchanged', () => {
    expect(
      alignLines([
        line('a', [
          [0, 1],
          [5, 6]
        ])
      ])
    ).toEqual([
      [0, 1],
      [5, 6]
    ]);
  });

  it('aligns series, with gaps', () => {
    const [xs, first, second] = alignLines([
      line('a', [
        [0, 2],
        [1, 3]
      ]),
      line('b', [
        [0, 1],
        [7, 8]
      ])
    ]);
    expect([...xs]).toEqual([0, 1, 2]);
    expect([...first]).toEqual([1, undefined, 3]);
    expect([...second]).toEqual([7, 8, undefined]);
  });

  it('returns nothing without series', () => {
    expect(alignLines([])).toEqual([[]]);
  });

  it('draws unsmoothed series below, in the order of the chart options', () => {
    const lines = [
      line(
        'a',
        [
          [0, 1],
          [2, 2]
        ],
        [
          [0, 1],
          [1, 3]
        ]
      )
    ];
    const options = {
      axis: 'step',
      log: true,
      width: 280,
      font: '11px x',
      group: 'g',
      onCursor: () => undefined
    } as const;
    const { series, scales } = chartOptions(lines, options);
    expect(alignLines(lines)).toHaveLength(series.length);
    expect(alignLines(lines)[1]).toEqual([1, 3]);
    expect(scales?.y?.distr).toBe(3);
  });
});

describe('strokes', () => {
  it('distinguish twenty jobs', () => {
    const strokes = Array.from({ length: 20 }, (_, index) => JSON.stringify(strokeOf(index)));
    expect(new Set(strokes).size).toBe(20);
  });
});
