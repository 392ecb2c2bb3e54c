// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDisposable, IObservableDisposable } from '@lumino/disposable';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type {
  ApiClient,
  ApiError,
  DurationEstimate,
  Experiment,
  Job,
  JobCreate,
  JobQuery,
  Shortened,
  AttemptEvent,
  WorkspaceInfo
} from '../api';

/** What every list understands. */
export interface IListQuery {
  search?: string;
  archived?: boolean | 'any';
  limit?: number;
  offset?: number;
}

/** A long list of which only what is looked at is fetched, and kept up to date. */
export interface IRowWindow<T, Q extends IListQuery = IListQuery> extends IObservableDisposable {
  /** How many rows there are in all; null until the first answer. */
  readonly total: number | null;
  /** What went wrong the last time; null when nothing did. Rows that were known stay. */
  readonly error: ApiError | null;
  readonly query: Q;
  /** Emitted when any of this has changed. */
  readonly changed: ISignal<IRowWindow<T, Q>, void>;
  /** A row, or undefined while it is fetched. */
  row(index: number): T | undefined;
  /** Where a row is, of those that are known; -1 otherwise. */
  indexOf(name: string): number;
  /** Say which rows are looked at, the last one included. Until then nothing is fetched. */
  show(first: number, last: number): void;
  /** Say that nobody looks at any row. */
  hide(): void;
  /** Ask for something else. What is known stays until the answer is there. */
  setQuery(query: Q): void;
  /** Fetch anew what is looked at. */
  refresh(): void;
}

/** What a job's attempt has written so far, in order, growing while it runs. */
export interface IEventLog extends IObservableDisposable {
  readonly attempt: number;
  readonly events: readonly AttemptEvent[];
  /** Outputs that are too large to be shown, by the index of their event. */
  readonly shortened: ReadonlyMap<number, Shortened>;
  /** Whether all that is there now has been read. */
  readonly caughtUp: boolean;
  readonly error: ApiError | null;
  /** Emitted with what is new; with an empty list when only `caughtUp` or `error` has changed. */
  readonly appended: ISignal<IEventLog, readonly AttemptEvent[]>;
}

/** Jobs. */
export interface IJobManager extends IDisposable {
  /** For what needs no keeping up to date: metrics, files, the form. */
  readonly api: ApiClient;
  /** Emitted with a job that is shown somewhere, when anything about it has changed. */
  readonly changed: ISignal<IJobManager, Job>;
  /** Emitted with every change of state in the workspace, of known jobs and others. */
  readonly stateChanged: ISignal<IJobManager, IJobChange>;
  /** Emitted with the name of a job that is gone. */
  readonly deleted: ISignal<IJobManager, string>;
  /** What is known of a job already, without asking the server. */
  peek(name: string): Job | undefined;
  /** Fetch a job. */
  get(name: string): Promise<Job>;
  /** What the last completed job with the same notebook took; asked once for a job. */
  expected(name: string): Promise<DurationEstimate>;
  /** Keep a job that was got up to date, and `changed` emitted for it, until disposed. */
  watch(name: string): IDisposable;
  /** A list of jobs. */
  window(query?: JobQuery): IRowWindow<Job, JobQuery>;
  /** Read what an attempt writes, from its beginning; the current attempt when absent. */
  follow(name: string, attempt?: number): IEventLog;
  /** Put a job into the queue; `rerunOf` is the job whose submitted notebook and code run again. */
  submit(job: JobCreate, secrets?: Record<string, string>, rerunOf?: string): Promise<Job>;
  cancel(name: string): Promise<Job>;
  archive(name: string): Promise<Job>;
  restore(name: string): Promise<Job>;
  /** Ask for a job that has ended to be deleted; `deleted` tells when it is gone. */
  delete(name: string): Promise<Job>;
  /** Take back a cancel or delete that is not done yet. */
  withdraw(name: string): Promise<Job>;
}

/** A change of a job's state. */
export interface IJobChange {
  name: string;
  display_name: string;
  state: Job['state'];
}

/** What is selected in the sidebar: what commands are about that were not told. */
export interface IJobSelection {
  readonly names: readonly string[];
  readonly changed: ISignal<IJobSelection, readonly string[]>;
  set(names: readonly string[]): void;
}

/** Experiments. */
export interface IExperimentManager extends IDisposable {
  window(query?: IListQuery): IRowWindow<Experiment>;
  archive(name: string): Promise<Experiment>;
  restore(name: string): Promise<Experiment>;
}

/** The workspace that the server has open. */
export interface IWorkspaceManager extends IDisposable {
  /** What is known of it; null until the first answer. */
  readonly workspace: WorkspaceInfo | null;
  readonly error: ApiError | null;
  /** Whether changes arrive by themselves; while they do not, lists are asked for every few seconds. */
  readonly live: boolean;
  /** Emitted when any of this has changed. */
  readonly changed: ISignal<IWorkspaceManager, void>;
  /** Fetch everything that is shown anew. */
  refresh(): void;
}

export const IJobManager = new Token<IJobManager>(
  'jupyter-ml:IJobManager',
  'The jobs of the workspace: lists that stay up to date, single jobs, their event logs, and what can be done with them.'
);

export const IExperimentManager = new Token<IExperimentManager>(
  'jupyter-ml:IExperimentManager',
  'The experiments of the workspace.'
);

export const IWorkspaceManager = new Token<IWorkspaceManager>(
  'jupyter-ml:IWorkspaceManager',
  'The workspace that the server has open: its name, its folder, how many jobs are in which state.'
);

export const IJobSelection = new Token<IJobSelection>(
  'jupyter-ml:IJobSelection',
  'The selected jobs: what commands are about that were not told. Panels set it when they come to the front.'
);
