// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import { alignLines, chartOptions } from './options';
import type { ILine } from './options';
import { strokeOf } from './palette';
import type { Course } from './series';

const line = (name: string, course: Course, raw: Course | null = null, index = 0): ILine => ({
  name,
  index,
  course,
  raw
});

describe('lines over one axis', () => {
  it('stay as they are when there is one', () => {
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

  it('share their places, with holes where a job has no value', () => {
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

  it('are none while nothing is there', () => {
    expect(alignLines([])).toEqual([[]]);
  });

  it('have what they were before they were smoothed below them, as the series of the chart do', () => {
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
  it('tell twenty jobs apart', () => {
    const strokes = Array.from({ length: 20 }, (_, index) => JSON.stringify(strokeOf(index)));
    expect(new Set(strokes).size).toBe(20);
  });
});
