// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** The shapes that go over the wire; made of the server's schemas. */
import type { components, operations } from './schema.gen';

export type {
  Attempt,
  Cause,
  CellState,
  DurationEstimate,
  Experiment,
  ExperimentChanged,
  Job,
  JobChanged,
  JobFile,
  JobProgressed,
  JobState,
  OutsideFiles,
  MetricSeries,
  Progress,
  Shortened,
  EventLogPart,
  TextHit,
  Usage,
  UsageHistory,
  WorkspaceInfo
} from './schema.gen';

/** One event of a job's event log. */
export type AttemptEvent = components['schemas']['EventLogPart']['events'][number];

/** What a job is made of. */
export type JobCreate = components['schemas']['JobSubmission']['job'];

/** Which jobs, in what order, and which page of them. */
export type JobQuery = QueryOf<'listJobs'>;

/** What an operation of the server understands in its address. */
export type QueryOf<O extends keyof operations> = NonNullable<operations[O]['parameters']['query']>;

/** What an operation of the server answers. */
export type AnswerOf<O extends keyof operations> = operations[O]['responses'] extends
  { 200: infer R } | { 201: infer R } | { 202: infer R }
  ? R extends { content: { 'application/json': infer Body } }
    ? Body
    : never
  : void;

/** Some of the things that were asked for, and how many there are in all. */
export interface Page<T> {
  items: T[];
  total: number;
}
