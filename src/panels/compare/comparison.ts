// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { JSONExt } from '@lumino/coreutils';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import type { Job } from '../../api';

type Value = Job['metrics'][string];

/** A parameter, and what it was in each of the jobs. */
export interface IParameterRow {
  key: string;
  /** Undefined where a job has none of that name. */
  values: (ReadonlyPartialJSONValue | undefined)[];
  differs: boolean;
}

/** Whether a metric is better when it is lower or when it is higher. */
export type Better = 'lower' | 'higher';

/** A metric, and what it was in each of the jobs. */
export interface IMetricRow {
  key: string;
  values: (Value | undefined)[];
  better: Better;
  /** Which of the jobs are best; none when all are the same. */
  best: ReadonlySet<number>;
}

/** Words of which a metric is made that had better be small. */
const LOWER =
  /(^|[^a-z])(loss|cost|err|error|errors|mse|rmse|mae|mape|msle|rmsle|perplexity|ppl|wer|cer|fid|seconds|latency|time)([^a-z]|$)|_(loss|error)$/;

/** What a metric's name says about which values are good. */
export function betterOf(key: string): Better {
  const words = key.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return LOWER.test(words) ? 'lower' : 'higher';
}

/** The parameters of any of the jobs, by name. */
export function compareParameters(jobs: readonly Job[]): IParameterRow[] {
  return keysOf(jobs.map(job => job.parameters)).map(key => {
    const values = jobs.map(job => job.parameters[key] as ReadonlyPartialJSONValue | undefined);
    return { key, values, differs: values.some(value => !same(value, values[0])) };
  });
}

/** The metrics of any of the jobs, by name; `chosen` says otherwise than the names do which values are good. */
export function compareMetrics(jobs: readonly Job[], chosen: ReadonlyMap<string, Better> = new Map()): IMetricRow[] {
  return keysOf(jobs.map(job => job.metrics)).map(key => {
    const values = jobs.map(job => (Object.hasOwn(job.metrics, key) ? job.metrics[key] : undefined));
    const better = chosen.get(key) ?? betterOf(key);
    return { key, values, better, best: bestOf(values, better) };
  });
}

/** What is no number, as NaN, is never best; and nothing is when there is nothing to be better than. */
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
