// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PathExt } from '@jupyterlab/coreutils';

import type { Job } from '../api';
import { parametersOf } from './logged';

/** The most characters of a display name. */
export const MAX_NAME = 250;

/** What a generated name has in addition to its display name: `_` and six characters. */
const GENERATED = 7;

/** Return whether the user gave a job its display name. */
export function isNamed({ name, display_name, spec }: Job): boolean {
  return spec === null || !(name.startsWith(`${display_name}_`) && name.length === display_name.length + GENERATED);
}

/** Return a short text for what a job runs, the path of a notebook or a command: the file name of the notebook. */
export const programName = (program: string): string =>
  program.endsWith('.ipynb') ? PathExt.basename(program) : program;

/** Return what a job runs: the file name of its notebook, or its command. */
export function sourceOf({ spec }: Job): string {
  if (!spec) return 'MLflow';
  return spec.type === 'notebook' ? PathExt.basename(spec.notebook) : spec.command;
}

/** Return the title of a job in lists: the name that the user gave it, or what it runs. */
export function titleOf(job: Job): string {
  if (isNamed(job)) return job.display_name;
  const source = sourceOf(job);
  return job.spec?.type === 'notebook' ? PathExt.basename(source, PathExt.extname(source)) : source;
}

/** Return a short text that identifies a job by itself. */
export function labelOf(job: Job): string {
  return isNamed(job) ? job.display_name : `${titleOf(job)} ${job.display_name}`;
}

/** The parameters in which jobs with the same source differ, the most varied first; by source. */
export type Differing = ReadonlyMap<string, readonly string[]>;

/** Return in which parameters jobs differ from other jobs with the same source. */
export function differing(jobs: readonly Job[]): Differing {
  const values = new Map<string, Map<string, Set<string>>>();
  for (const job of jobs) {
    const source = sourceOf(job);
    const known = values.get(source) ?? new Map<string, Set<string>>();
    values.set(source, known);
    for (const [key, value] of Object.entries(parametersOf(job))) {
      known.set(key, (known.get(key) ?? new Set()).add(JSON.stringify(value)));
    }
  }
  const varied = (known: Map<string, Set<string>>): string[] =>
    [...known]
      .filter(([, { size }]) => size > 1)
      .sort(([, left], [, right]) => right.size - left.size)
      .map(([key]) => key);
  return new Map([...values].map(([source, known]) => [source, varied(known)]));
}

const cache = new WeakMap<readonly Job[], Differing>();

/** Return the parameters in which a job differs from the jobs that are listed with it. */
export function distinction(job: Job, listed: readonly Job[]): [string, unknown][] {
  let found = cache.get(listed);
  if (!found) cache.set(listed, (found = differing(listed)));
  const keys = found.get(sourceOf(job)) ?? [];
  const values = parametersOf(job);
  const known = keys.filter(key => key in values).map((key): [string, unknown] => [key, values[key]]);
  return known.sort(([left], [right]) => Number(right in job.parameters) - Number(left in job.parameters));
}
