// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import {
  formatBytes,
  formatDuration,
  formatEstimate,
  formatParameter,
  formatShare,
  formatSpan,
  formatTick,
  formatValue
} from './format';

describe('format', () => {
  it.each([
    [0, '0s'],
    [41.9, '41s'],
    [60, '1m'],
    [3_599, '59m'],
    [90_000, '1d'],
    [-5, '0s']
  ])('spans: %d', (seconds, text) => expect(formatSpan(seconds)).toBe(text));

  it.each([
    [-17_978, '0 sec'],
    [4.23, '4.2 sec'],
    [41.9, '42 sec'],
    [200, '3 min 20 sec'],
    [7_200, '2 hr'],
    [7_500, '2 hr 5 min']
  ])('durations: %d', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1_500, '1.5 kB'],
    [179, '179 bytes'],
    [412_000_000, '412 MB']
  ])('sizes: %d', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0.48123456, '0.4812'],
    [53.9, '53.9'],
    [123_456, '123,456'],
    [1_234_567, '1,234,567'],
    [0.9999, '0.9999'],
    [0.999999, '0.999999'],
    [53.99996, '53.99996'],
    [-0.99999, '-0.99999'],
    [2.9999999999999996, '3'],
    [2e15, '2.00e+15'],
    [0, '0'],
    [1.2e-7, '1.20e-7'],
    ['NaN', 'NaN']
  ])('values: %s', (value, text) => expect(formatValue(value)).toBe(text));

  it.each([
    [0.364, '36%'],
    [0.999, '99%'],
    [1, '100%']
  ])('shares: %d', (share, text) => expect(formatShare(share)).toBe(text));

  it.each([
    [0.25, '0.25'],
    [9_000, '9,000'],
    [1_500_000, '1.5M']
  ])('ticks: %d', (value, text) => expect(formatTick(value)).toBe(text));

  it.each([
    [2026, '2026'],
    [0.12345678, '0.12345678'],
    ['a', 'a'],
    [[1, 'b'], '[1,"b"]'],
    [null, 'null']
  ])('parameters: %j', (value, text) => expect(formatParameter(value)).toBe(text));

  it.each([
    [-8, '0 sec'],
    [8.6, '9 sec'],
    [36.9, '35 sec'],
    [158, '2 min 30 sec'],
    [742, '12 min']
  ])('estimates: %d', (seconds, text) => expect(formatEstimate(seconds)).toBe(text));
});
