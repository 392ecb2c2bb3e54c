// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ApiClient } from '../api';
import { ApiError } from '../api';
import type { components } from '../api/schema.gen';

type DataRows = components['schemas']['DataRows'];
/** A profile of the columns of a file. */
export type DataProfile = components['schemas']['DataProfile'];
/** The profile of a column. */
export type ColumnProfile = components['schemas']['ColumnProfile'];
/** A value in a table. */
export type Cell = DataRows['rows'][number][number];

/** Number of rows that are fetched at a time. */
export const PAGE = 200;
/** Size up to which all rows are profiled without being asked to: some seconds. */
export const PROFILED_BYTES = 200_000_000;

const MAX_PAGES = 100;

/** A data file: rows are fetched when they become visible. */
export class DataModel {
  /**
   * @param path - A contents path.
   */
  constructor(
    private readonly _api: ApiClient,
    readonly path: string
  ) {}

  /** Emitted when any of the properties has changed. */
  get changed(): ISignal<DataModel, void> {
    return this._changed;
  }

  /** The first rows; null until they are there. */
  first: DataRows | null = null;
  profile: DataProfile | null = null;
  /** Whether a profile is being computed. */
  isProfiling = false;
  error: ApiError | null = null;
  profileError: ApiError | null = null;

  /** The number of rows that can be shown. */
  get count(): number {
    const { first, profile } = this;
    if (!first) return 0;
    const total = profile?.rows ?? first.total ?? first.estimated_total ?? first.rows.length;
    return Math.min(this._end ?? Infinity, first.last ?? Infinity, total);
  }

  /** Whether `count` is the exact number of rows of the file. */
  get isExact(): boolean {
    const { first, profile } = this;
    return (profile?.rows ?? first?.total ?? this._end ?? null) !== null && !(first && first.last !== null);
  }

  /** Whether the profile is of all rows. */
  get isProfiled(): boolean {
    return this.profile?.complete ?? false;
  }

  /** Fetch the first rows, and profile the file: its first rows, and all if it is small. */
  async load(): Promise<void> {
    const version = ++this._version;
    this._pages.clear();
    this._end = null;
    this.profile = null;
    this.error = this.profileError = null;
    this._changed.emit();
    try {
      const first = await this._fetch(0);
      if (version !== this._version) return;
      this.first = first;
      this._pages.set(0, first.rows);
    } catch (reason) {
      if (version === this._version) this.error = ApiError.from(reason);
    }
    this._changed.emit();
    if (this.error) return;
    await this.computeProfile(false);
    if (version === this._version && this._isSmall && !this.isProfiled) await this.computeProfile(true);
  }

  /** Profile the first rows, or all. */
  async computeProfile(exact: boolean): Promise<void> {
    const version = this._version;
    const abort = (this._abort = new AbortController());
    this.isProfiling = true;
    this.profileError = null;
    this._changed.emit();
    try {
      const query = { path: this.path, exact };
      const profile = await this._api.get('/data-view/profile', { params: { query }, signal: abort.signal });
      if (version === this._version && !abort.signal.aborted) this.profile = profile;
    } catch (reason) {
      if (version === this._version && !abort.signal.aborted) this.profileError = ApiError.from(reason);
    }
    this.isProfiling = false;
    this._changed.emit();
  }

  /** End the computation of a profile; the server stops reading. */
  cancelProfile(): void {
    this._abort?.abort();
  }

  /** Return a row, or undefined while it is being fetched. */
  row(index: number): readonly Cell[] | undefined {
    const number = Math.floor(index / PAGE);
    const page = this._pages.get(number);
    if (page === undefined) void this._load(number);
    return page?.[index % PAGE];
  }

  dispose(): void {
    this._version++;
    this.cancelProfile();
    Signal.clearData(this);
  }

  private get _isSmall(): boolean {
    return (this.first?.format.bytes ?? 0) <= PROFILED_BYTES;
  }

  private async _load(number: number): Promise<void> {
    if (this._loading.has(number) || this.error) return;
    this._loading.add(number);
    const version = this._version;
    try {
      const { rows, offset } = await this._fetch(number * PAGE);
      if (version !== this._version) return;
      this._pages.set(number, rows);
      if (rows.length < PAGE && this.first?.last === null) {
        this._end = Math.min(this._end ?? Infinity, offset + rows.length);
      }
      for (const key of this._pages.keys()) {
        if (this._pages.size <= MAX_PAGES) break;
        this._pages.delete(key);
      }
    } catch (reason) {
      if (version === this._version) this.error = ApiError.from(reason);
    } finally {
      this._loading.delete(number);
    }
    this._changed.emit();
  }

  private _fetch(offset: number): Promise<DataRows> {
    return this._api.get('/data-view/rows', { params: { query: { path: this.path, offset, limit: PAGE } } });
  }

  private readonly _changed = new Signal<DataModel, void>(this);
  private readonly _pages = new Map<number, readonly (readonly Cell[])[]>();
  private readonly _loading = new Set<number>();
  private _abort: AbortController | null = null;
  private _end: number | null = null;
  private _version = 0;
}
