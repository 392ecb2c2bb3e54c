// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Experiment, Job } from '../api';

/** Create a job as the REST API returns it. */
export function makeJob(name: string, fields: Partial<Job> = {}): Job {
  return {
    name,
    type: 'notebook',
    display_name: name,
    experiment_name: 'default',
    description: null,
    tags: {},
    compute: 'local',
    priority: 'medium',
    state: 'Queued',
    user: null,
    created_at: '2026-01-02T03:04:05Z',
    started_at: null,
    ended_at: null,
    attempt: 0,
    retries: 0,
    archived: false,
    cancel_requested_at: null,
    request: null,
    progress: { cells_done: 0, cells_total: 0, cell: null, prompt: null, bar: null },
    eta_at: null,
    warnings: [],
    usage: null,
    gpus: [],
    cause: null,
    parameters: {},
    logged_parameters: {},
    logged_tags: {},
    metrics: {},
    primary_metric: null,
    run_id: null,
    parent: null,
    runner: 'supervisor',
    snapshot: null,
    spec: null,
    inputs: {},
    outputs: {},
    revision: 1,
    starred: false,
    ...fields
  };
}

/** Create an experiment as the REST API returns it. */
export function makeExperiment(name: string, fields: Partial<Experiment> = {}): Experiment {
  return {
    name,
    description: null,
    created_at: '2026-01-02T03:04:05Z',
    archived: false,
    revision: 0,
    jobs: 0,
    last_job_at: null,
    primary_metric: null,
    goal: null,
    view: null,
    ...fields
  };
}
