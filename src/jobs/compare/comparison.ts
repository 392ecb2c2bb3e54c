// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { JSONExt } from '@lumino/coreutils';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { Job } from '../../api';
import { parametersOf } from '../logged';

type Value = Job['metrics'][string];

/** A parameter and its value in each job. */
export interface IParameterRow {
  key: string;
  /** Undefined for a job without it. */
  values: (ReadonlyPartialJSONValue | undefined)[];
  differs: boolean;
}

export type Better = 'lower' | 'higher';

/** A metric and its value in each job. */
export interface IMetricRow {
  key: string;
  values: (Value | undefined)[];
  better: Better;
  /** Indices of the best jobs; empty if all values are equal. */
  best: ReadonlySet<number>;
}

/** Words in names of metrics of which lower values are better. */
const LOWER =
  /(^|[^a-z])(loss|cost|err|error|errors|mse|rmse|mae|mape|msle|rmsle|perplexity|ppl|wer|cer|fid|seconds|latency|time)([^a-z]|$)|_(loss|error)$/;

/** Guess from its name whether lower or higher values of a metric are better. */
export function betterOf(key: string): Better {
  const words = key.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return LOWER.test(words) ? 'lower' : 'higher';
}

/** Return the parameters of all jobs, by name. */
export function compareParameters(jobs: readonly Job[]): IParameterRow[] {
  return keysOf(jobs.map(parametersOf)).map(key => {
    const values = jobs.map(job => parametersOf(job)[key] as ReadonlyPartialJSONValue | undefined);
    return { key, values, differs: values.some(value => !same(value, values[0])) };
  });
}

/** Return the metrics of all jobs, by name; `chosen` overrides whether lower or higher values are better. */
export function compareMetrics(jobs: readonly Job[], chosen: ReadonlyMap<string, Better> = new Map()): IMetricRow[] {
  return keysOf(jobs.map(job => job.metrics)).map(key => {
    const values = jobs.map(job => (Object.hasOwn(job.metrics, key) ? job.metrics[key] : undefined));
    const better = chosen.get(key) ?? betterOf(key);
    return { key, values, better, best: bestOf(values, better) };
  });
}

/** Values such as NaN are never best, and equal values are not either. */
function bestOf(values: readonly (Value | undefined)[], better: Better): ReadonlySet<number> {
  const numbers = values.filter(value => typeof value === 'number');
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  if (numbers.length < 2 || low === high) return new Set();
  const best = better === 'lower' ? low : high;
  return new Set(values.flatMap((value, index) => (value === best ? [index] : [])));
}

function keysOf(records: readonly object[]): string[] {
  const keys = new Set(records.flatMap(record => Object.keys(record)));
  return [...keys].sort((left, right) => left.localeCompare(right, undefined, { numeric: true }));
}

function same(left: ReadonlyPartialJSONValue | undefined, right: ReadonlyPartialJSONValue | undefined): boolean {
  return left === undefined || right === undefined ? left === right : JSONExt.deepEqual(left, right);
}
