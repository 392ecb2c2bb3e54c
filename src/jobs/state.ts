// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job, JobState } from '../api';

/** The shape of a state's icon; similar states share one. */
export type Shape = 'queued' | 'running' | 'completed' | 'failed' | 'canceled' | 'silent';

const SHAPES: Record<JobState, Shape> = {
  NotStarted: 'queued',
  Queued: 'queued',
  Preparing: 'running',
  Running: 'running',
  Finalizing: 'running',
  CancelRequested: 'running',
  Completed: 'completed',
  Failed: 'failed',
  Canceled: 'canceled',
  NotResponding: 'silent'
};

/** All states. */
export const STATES = Object.keys(SHAPES) as JobState[];

export const shapeOf = (state: JobState): Shape => SHAPES[state];

/** Return whether a job has ended. */
export const isFinal = (state: JobState): boolean => ['Completed', 'Failed', 'Canceled'].includes(state);

/** Return whether a job has started and not ended. */
export const isActive = (state: JobState): boolean => ['running', 'silent'].includes(shapeOf(state));

/** Return the name of a state, for display. */
export function stateText(state: JobState, trans: TranslationBundle): string {
  const words: Record<JobState, string> = {
    NotStarted: trans.__('Not started'),
    Queued: trans.__('Queued'),
    Preparing: trans.__('Preparing'),
    Running: trans.__('Running'),
    Finalizing: trans.__('Finalizing'),
    CancelRequested: trans.__('Cancel requested'),
    Completed: trans.__('Completed'),
    Failed: trans.__('Failed'),
    Canceled: trans.__('Canceled'),
    NotResponding: trans.__('Not responding')
  };
  return words[state];
}

/** Return how many seconds a job has run so far, or ran; null before it started. */
export function elapsed(job: Job, now: number): number | null {
  if (!job.started_at) return null;
  const until = job.ended_at ? Date.parse(job.ended_at) : now;
  return Math.max(0, until - Date.parse(job.started_at)) / 1000; // the clocks of server and browser may differ
}

/** Return the seconds until a job is expected to end; null if that is unknown or less than one. */
export function timeLeft(job: Job, now: number): number | null {
  if (job.eta_at === null) return null;
  const seconds = (Date.parse(job.eta_at) - now) / 1000;
  return seconds >= 1 ? seconds : null;
}

/** Return how far the progress bar of the running cell is, from 0 to 1; null if that is not known. */
export function shareOf({ state, progress: { bar } }: Job): number | null {
  if (state !== 'Running' || !bar?.total) return null;
  return Math.min(1, Math.max(0, bar.done / bar.total));
}

/** Return how far a running job is, from 0 to 1, by its progress bar or else by its cells; null if that is not known. */
export function progressOf(job: Job): number | null {
  const { cells_done, cells_total } = job.progress;
  if (job.state !== 'Running') return null;
  return shareOf(job) ?? (cells_total ? cells_done / cells_total : null);
}

/** Return the metric to compare a job by, with its value. */
export function primaryMetric({ primary_metric: key, metrics }: Job): [string, Job['metrics'][string]] | null {
  return key !== null && key in metrics ? [key, metrics[key]] : null;
}

/** Return how many jobs are running, are queued, and exist, from counts by state. */
export function countStates(counts: Partial<Record<string, number>>): Record<'running' | 'queued' | 'all', number> {
  const sum = { running: 0, queued: 0, all: 0 };
  for (const [state, count = 0] of Object.entries(counts)) {
    const shape = shapeOf(state as JobState);
    sum.all += count;
    if (shape === 'queued') sum.queued += count;
    else if (isActive(state as JobState)) sum.running += count;
  }
  return sum;
}
