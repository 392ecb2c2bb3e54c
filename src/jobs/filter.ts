// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JobQuery, JobState } from '../api';

const STATES: Record<string, JobState[]> = {
  queued: ['NotStarted', 'Queued'],
  running: ['Preparing', 'Running', 'Finalizing', 'CancelRequested'],
  completed: ['Completed'],
  failed: ['Failed'],
  canceled: ['Canceled'],
  silent: ['NotResponding']
};

const CONDITION = /\b((?:parameters|params|metrics|tags)\.[^\s=<>!]+)\s*(!=|<=|>=|=|<|>)\s*("[^"]*"|'[^']*'|[^\s"']+)/g;
const WORD = /\b(is|experiment):("[^"]*"|\S*)/g;

/**
 * Parse the filter into a query: `is:failed`, `experiment:NAME`, conditions such as `metrics.r2 > 0.4`; the rest is
 * part of a name. Incomplete conditions, such as `metrics.r2 >`, are ignored.
 */
export function parseFilter(text: string): JobQuery {
  const query: JobQuery = {};
  const where: string[] = [];
  const states: JobState[] = [];
  const rest = text
    .replace(CONDITION, (_, key: string, operator: string, value: string) => {
      where.push(`${key} ${operator} ${value}`);
      return '';
    })
    .replace(WORD, (_, word: string, quoted: string) => {
      const value = quoted.replaceAll('"', '');
      if (word === 'experiment') query.experiment_name = value || undefined;
      else if (value === 'archived') query.archived = true;
      else states.push(...(STATES[value] ?? []));
      return '';
    })
    .replace(/\b(parameters|params|metrics|tags)\.\S*\s*[=<>!]*\s*$/, '')
    .trim();
  if (where.length) query.where = where;
  if (states.length) query.states = states;
  if (rest) query.search = rest;
  return query;
}
