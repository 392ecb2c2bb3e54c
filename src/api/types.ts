// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Types of the REST API, derived from the generated schema. */
import type { components, operations } from './schema.gen';

export type * from './schema.gen';

/** An event of an attempt's event log. */
export type AttemptEvent = components['schemas']['EventLogPart']['events'][number];

/** The specification of a job. */
export type JobCreate = components['schemas']['JobSubmission']['job'];

/** Filter, sort order and page of a list of jobs. */
export type JobQuery = QueryOf<'listJobs'>;

/** The query parameters of an operation. */
export type QueryOf<O extends keyof operations> = NonNullable<operations[O]['parameters']['query']>;

/** A page of a list, and how many items the list has in all. */
export interface Page<T> {
  items: T[];
  total: number;
}
