// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDisposable, IObservableDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { ApiError, ResourceEvent } from '../api';

/** Query parameters that all lists have. */
export interface IListQuery {
  /** Words and terms, in the language that the server reads. */
  filter?: string;
  archived?: boolean | 'any';
  limit?: number;
  offset?: number;
}

/** A long list, of which only visible rows are fetched and kept up to date. */
export interface IRowWindow<T, Q extends IListQuery = IListQuery> extends IObservableDisposable {
  /** The number of rows in all; null until the first response. */
  readonly total: number | null;
  /** The error of the last request, or null. Rows that were loaded stay. */
  readonly error: ApiError | null;
  readonly query: Q;
  /** Emitted when any of these properties has changed. */
  readonly changed: ISignal<IRowWindow<T, Q>, void>;
  /** Return a row, or undefined while it is being fetched. */
  row(index: number): T | undefined;
  /** Return the loaded rows that are listed around a row; the same array while they have not changed. */
  around(index: number): readonly T[];
  /** Return the index of a loaded row; -1 if it is not loaded. */
  indexOf(name: string): number;
  /** Set the range of visible rows, inclusive, and fetch them. Nothing is fetched before. */
  show(first: number, last: number): void;
  /** Set that no row is visible. */
  hide(): void;
  /** Set another query. Previous rows stay until the response. */
  setQuery(query: Q): void;
  /** Fetch the visible rows again. */
  refresh(): void;
}

/** What all resources have. */
export interface IResource {
  name: string;
  /** Grows with each update. */
  revision?: number;
}

/** What all events of resources have; `type` is e.g. `job_archived`. */
export type IResourceEvent = Pick<ResourceEvent, 'type' | 'name'>;

/** Manages a kind of resource. */
export interface IResourceManager<T extends IResource, Q extends IListQuery = IListQuery> extends IDisposable {
  /** Emitted with a known resource when it has changed. */
  readonly changed: ISignal<IResourceManager<T, Q>, T>;
  /** Emitted with the name of a deleted resource. */
  readonly deleted: ISignal<IResourceManager<T, Q>, string>;
  /** Return a resource if it is known, without a request. */
  peek(name: string): T | undefined;
  /** Fetch a resource. */
  get(name: string): Promise<T>;
  /** Keep a resource up to date, and emit `changed` for it, until disposed. */
  watch(name: string): IDisposable;
  /** Return a list of resources, whose code is loaded on first use. */
  window(query?: Q): Promise<IRowWindow<T, Q>>;
  /**
   * Change some fields of a resource. If it is not at `revision` any more, that is an ApiError with status 409, and what it
   * is now is known afterwards.
   */
  update(name: string, change: object, revision?: number): Promise<T>;
  archive(name: string): Promise<T>;
  restore(name: string): Promise<T>;
  /** Delete a resource, or request its deletion. */
  delete(name: string): Promise<unknown>;
}

/** The selection in a list. */
export interface ISelection {
  readonly names: readonly string[];
  readonly changed: ISignal<ISelection, readonly string[]>;
  set(names: readonly string[]): void;
}

/** How the links of a kind are opened. */
export interface ILinkTarget {
  /** Fetch what a name stands for; a missing one is an ApiError with status 404. */
  get: (name: string) => Promise<unknown>;
  /** Whether a link has several names, separated by commas. */
  several?: boolean;
  open: (names: readonly string[]) => void;
}
