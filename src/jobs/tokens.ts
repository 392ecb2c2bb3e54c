// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IObservableDisposable } from '@lumino/disposable';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type {
  ApiClient,
  ApiError,
  AttemptEvent,
  BulkResult,
  DurationEstimate,
  Job,
  JobCreate,
  JobQuery,
  Shortened
} from '../api';
import type { UnsavedTexts } from '../components';
import type { IResourceManager, ISelection } from '../resources';

/** The event log of an attempt, which grows while it runs. */
export interface IEventLog extends IObservableDisposable {
  readonly attempt: number;
  readonly events: readonly AttemptEvent[];
  /** Events with shortened outputs, by index. */
  readonly shortened: ReadonlyMap<number, Shortened>;
  /** Whether all current events have been read. */
  readonly caughtUp: boolean;
  readonly error: ApiError | null;
  /** Why the events are not there any more, in the words of the server. */
  readonly problem: string | null;
  /** Emitted with new events; with an empty list when only `caughtUp` or `error` has changed. */
  readonly appended: ISignal<IEventLog, readonly AttemptEvent[]>;
}

/** Manages jobs. */
export interface IJobManager extends IResourceManager<Job, JobQuery> {
  /** Names and notes of jobs that users have typed and not saved; see `unsavedOf`. */
  readonly unsaved: UnsavedTexts;
  /** The REST client, for data that needs no updates: metrics, files, forms. */
  readonly api: ApiClient;
  /** Emitted with each change of state of any job in the workspace. */
  readonly stateChanged: ISignal<IJobManager, IJobChange>;
  /** Return the duration estimate of a job, which is requested only once. */
  durationEstimate(name: string): Promise<DurationEstimate>;
  /** Read the event log of an attempt, by default the current one, from its start. */
  follow(name: string, attempt?: number): IEventLog;
  /** Submit a job; `rerunOf` is the job to rerun. */
  submit(job: JobCreate, secrets?: Record<string, string>, rerunOf?: string): Promise<Job>;
  /** Run a job again with the same parameters, with its files as they are now or as they were submitted. */
  rerun(name: string, snapshot: boolean): Promise<Job>;
  cancel(name: string): Promise<Job>;
  /** Cancel all jobs that match a query. */
  cancelAll(query: JobQuery): Promise<BulkResult>;
  /** Request that a job that has ended be deleted; `deleted` is emitted when it is. */
  delete(name: string): Promise<Job>;
  /** Withdraw a cancel or delete request that has not been carried out. */
  withdraw(name: string): Promise<Job>;
}

export interface IJobChange {
  name: string;
  display_name: string;
  state: Job['state'];
}

/** The selected jobs, which commands act on by default. */
export type IJobSelection = ISelection;

export const IJobManager = new Token<IJobManager>(
  'jupyter-ml:IJobManager',
  'The jobs of the workspace: lists, single jobs, their event logs, and operations on them.'
);

export const IJobSelection = new Token<IJobSelection>(
  'jupyter-ml:IJobSelection',
  'The selected jobs, which commands act on by default. Panels set it when they become current.'
);
