// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Runs, Value } from '../runs';

/** Converts the values of a column to positions. */
export interface IScale {
  /** Return a position from 0 to 1; null if the value has none. */
  at: (value: Value) => number | null;
  /** Texts have positions of their own, in their order; empty for numbers. */
  texts: readonly string[];
  min: number;
  max: number;
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** Return the scale of a column: of numbers if any value is one, otherwise of texts. */
export function scaleOf(runs: Runs, column: string, order: readonly number[], log: boolean): IScale {
  const numbers = order.flatMap(run => runs.number(column, run) ?? []).filter(value => !log || value > 0);
  if (!numbers.length) return textScale(order.map(run => runs.value(column, run)));
  const convert = log ? Math.log10 : (value: number) => value;
  let [min, max] = [Infinity, -Infinity];
  for (const value of numbers) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const [low, high] = [convert(min), convert(max)];
  const at = (value: Value): number | null => {
    if (typeof value !== 'number' || (log && value <= 0)) return null;
    return high === low ? 0.5 : (convert(value) - low) / (high - low);
  };
  return { at, texts: [], min, max };
}

function textScale(values: readonly Value[]): IScale {
  const texts = [...new Set(values.filter(value => value !== null).map(String))].sort(collator.compare);
  const positions = new Map(texts.map((text, index) => [text, texts.length > 1 ? index / (texts.length - 1) : 0.5]));
  return { at: value => (value === null ? null : (positions.get(String(value)) ?? null)), texts, min: 0, max: 1 };
}
