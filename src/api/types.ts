/** The shapes that go over the wire; made of the server's schemas. */
import type * as gen from './schema.gen';

export type {
  Attempt,
  Cause,
  CauseKind,
  CellState,
  CommandJob,
  Experiment,
  Job,
  JobState,
  JobType,
  NotebookJob,
  Priority,
  Progress,
  Usage
} from './schema.gen';

export type JobCreate = gen.NotebookJob | gen.CommandJob;

/** One event of a job's spool. */
export type SpoolEvent =
  | gen.ExecutorStarted
  | gen.KernelStarted
  | gen.CellStarted
  | gen.CellFinished
  | gen.Output
  | gen.Cleared
  | gen.DisplayUpdated
  | gen.MetadataChanged
  | gen.Log
  | gen.Sample
  | gen.Ended;

/** Some of the things that were asked for, and how many there are in all. */
export interface Page<T> {
  items: T[];
  total: number;
}

/** Which things, in what order; every list understands these, whichever of them make sense for it. */
export interface ListQuery {
  search?: string;
  archived?: boolean;
  sort?: string;
  descending?: boolean;
  limit?: number;
  offset?: number;
}

/** Which jobs. */
export interface JobQuery extends ListQuery {
  states?: gen.JobState[];
  types?: gen.JobType[];
  experiment_name?: string;
  /** Conditions, as `metrics.r2 > 0.4`. */
  where?: string[];
}

/** Facts about the workspace. */
export interface Workspace {
  name: string;
  folder: string;
  tracking_uri: string;
  counts: Partial<Record<gen.JobState, number>>;
}

/** A piece of a spool, and where the next one begins. */
export interface SpoolPage {
  events: SpoolEvent[];
  offset: number;
}

/** One metric's history: [step, time in milliseconds, value], downsampled; `total` is how many points there are. */
export interface MetricSeries {
  key: string;
  points: [number, number, number][];
  total: number;
}

/** What a form needs to be drawn and filled. */
export interface JobForm {
  schema: Record<string, unknown>;
  ui: Record<string, unknown>;
  data: Record<string, unknown>;
  kernels: unknown[];
}
