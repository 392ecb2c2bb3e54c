// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Job, JobState } from '../api';

/** How a state looks: one shape for the states that mean the same to a reader. */
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

export const shapeOf = (state: JobState): Shape => SHAPES[state];

/** Whether a job will not change any more. */
export const isFinal = (state: JobState): boolean => ['Completed', 'Failed', 'Canceled'].includes(state);

/** Whether a job has begun and not ended. */
export const isActive = (state: JobState): boolean => ['running', 'silent'].includes(shapeOf(state));

/** The state in words. */
export function stateText(state: JobState, trans: TranslationBundle): string {
  const words: Record<JobState, string> = {
    NotStarted: trans.__('Not started'),
    Queued: trans.__('Queued'),
    Preparing: trans.__('Preparing'),
    Running: trans.__('Running'),
    Finalizing: trans.__('Finishing'),
    CancelRequested: trans.__('Canceling'),
    Completed: trans.__('Completed'),
    Failed: trans.__('Failed'),
    Canceled: trans.__('Canceled'),
    NotResponding: trans.__('Not responding')
  };
  return words[state];
}

/** Seconds that a job has run, or ran; null before it started. */
export function elapsed(job: Job, now: number): number | null {
  if (!job.started_at) return null;
  const until = job.ended_at ? Date.parse(job.ended_at) : now;
  return Math.max(0, until - Date.parse(job.started_at)) / 1000; // the server's clock may be ahead
}

/** The metric to judge a job by: the one that its tag `primary_metric` names, else the first. */
export function primaryMetric(job: Job): [string, Job['metrics'][string]] | null {
  const named = job.tags.primary_metric;
  return Object.entries(job.metrics).find(([key]) => !(named in job.metrics) || key === named) ?? null;
}

/** How many jobs are at work, how many wait, and how many there are, of counts by state. */
export function countShapes(counts: Partial<Record<string, number>>): Record<'running' | 'queued' | 'all', number> {
  const sum = { running: 0, queued: 0, all: 0 };
  for (const [state, count = 0] of Object.entries(counts)) {
    const shape = shapeOf(state as JobState);
    sum.all += count;
    if (shape === 'queued') sum.queued += count;
    else if (isActive(state as JobState)) sum.running += count;
  }
  return sum;
}
