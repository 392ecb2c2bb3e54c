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

/** A condition on rows, of which a server returns only those that match. */
export interface RowFilter {
  column: string;
  value: Cell;
  /** Limits of a number or time, the upper one included; times are seconds since 1970. */
  lower: number | null;
  upper: number | null;
  includes_lower: boolean;
  is_empty: boolean;
}

/** Thumbnails of images. */
export type Thumbnails = components['schemas']['Thumbnails'];

/** A condition, with what is known of it. */
export interface ICondition {
  filter: RowFilter;
  /** The number of rows that match, if a profile of all rows has counted them. */
  count: number | null;
}

/** Number of rows that are fetched at a time. */
export const PAGE = 200;
/** Size up to which all rows are profiled without being asked to: some seconds. */
export const PROFILED_BYTES = 200_000_000;

const MAX_PAGES = 100;

/** A data file: rows are fetched when they become visible. */
export class DataModel {
  /**
   * @param path - A contents path, or a reference to data: `azureml:NAME:VERSION`.
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

  /** The conditions that the rows match. */
  conditions: readonly ICondition[] = [];
  /** How far the search for rows is, from 0 to 1; null if none is being searched for. */
  progress: number | null = null;

  /** Show only rows that match all conditions. */
  async setConditions(conditions: readonly ICondition[]): Promise<void> {
    this.conditions = conditions;
    await this._loadFirst(++this._rowsVersion);
  }

  /** Add a condition, unless it is there. */
  addCondition(condition: ICondition): Promise<void> {
    const key = JSON.stringify(condition.filter);
    const others = this.conditions.filter(({ filter }) => JSON.stringify(filter) !== key);
    return this.setConditions([...others, condition]);
  }

  /** Return thumbnails of some images of a directory. */
  thumbnails(offset: number): Promise<Thumbnails> {
    return this._api.get('/data-view/thumbnails', { params: { query: { path: this.path, offset } } });
  }

  /** The number of rows that can be shown. */
  get count(): number {
    const { first, profile } = this;
    if (!first) return 0;
    if (this.conditions.length) return this._end ?? first.total ?? this._counted ?? this._seen + PAGE;
    const total = profile?.rows ?? first.total ?? first.estimated_total ?? first.rows.length;
    return Math.min(this._end ?? Infinity, first.last ?? Infinity, total);
  }

  /** Whether `count` is the exact number of rows of the file. */
  get isExact(): boolean {
    const { first, profile } = this;
    if (this.conditions.length) return (this._end ?? first?.total ?? this._counted) !== null;
    return (profile?.rows ?? first?.total ?? this._end ?? null) !== null && !(first && first.last !== null);
  }

  /** Whether the profile is of all rows. */
  get isProfiled(): boolean {
    return this.profile?.complete ?? false;
  }

  /** Fetch the first rows, and profile the file: its first rows, and all if it is small. */
  async load(): Promise<void> {
    const version = ++this._version;
    this.profile = null;
    this.profileError = null;
    await this._loadFirst(++this._rowsVersion);
    if (version !== this._version) return;
    if (this.error) return;
    await this.computeProfile(false);
    if (version === this._version && this._isSmall && !this.isProfiled) await this.computeProfile(true);
  }

  /** Profile the first rows, or all. */
  async computeProfile(exact: boolean): Promise<void> {
    const version = this._version;
    this.cancelProfile(); // of fewer rows
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
    if (abort !== this._abort) return; // another one is being computed
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
    this._rowsVersion++;
    this.cancelProfile();
    Signal.clearData(this);
  }

  private get _isSmall(): boolean {
    return (this.first?.format.bytes ?? 0) <= PROFILED_BYTES;
  }

  /** The number of rows that match the only condition, if a profile has counted them. */
  private get _counted(): number | null {
    return this.conditions.length === 1 && this.isProfiled ? this.conditions[0].count : null;
  }

  private async _loadFirst(version: number): Promise<void> {
    this._pages.clear();
    this._loading.clear();
    this._end = null;
    this._seen = 0;
    this.error = null;
    this._changed.emit();
    try {
      const first = await this._fetch(0, version);
      if (!first) return;
      this.first = first;
      this._pages.set(0, first.rows);
      this._seen = first.rows.length;
    } catch (reason) {
      if (version === this._rowsVersion) this.error = ApiError.from(reason);
    }
    this._changed.emit();
  }

  private async _load(number: number): Promise<void> {
    if (this._loading.has(number) || this.error) return;
    this._loading.add(number);
    const version = this._rowsVersion;
    try {
      const found = await this._fetch(number * PAGE, version);
      if (!found) return;
      const { rows, offset } = found;
      this._seen = Math.max(this._seen, offset + rows.length);
      this._pages.set(number, rows);
      if (rows.length < PAGE && this.first?.last === null) {
        this._end = Math.min(this._end ?? Infinity, offset + rows.length);
      }
      for (const key of this._pages.keys()) {
        if (this._pages.size <= MAX_PAGES) break;
        this._pages.delete(key);
      }
    } catch (reason) {
      if (version === this._rowsVersion) this.error = ApiError.from(reason);
    } finally {
      if (version === this._rowsVersion) this._loading.delete(number);
    }
    this._changed.emit();
  }

  /** Fetch a page, again and again until its rows have been found; undefined if other rows are to be shown now. */
  private async _fetch(offset: number, version: number): Promise<DataRows | undefined> {
    const filters = this.conditions.length ? { filters: this.conditions.map(each => JSON.stringify(each.filter)) } : {};
    const query = { path: this.path, offset, limit: PAGE, ...filters };
    for (;;) {
      const found = await this._api.get('/data-view/rows', { params: { query } });
      if (version !== this._rowsVersion) return undefined;
      this.progress = found.progress;
      if (found.progress === null) return found;
      this.first ??= found;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<DataModel, void>(this);
  private readonly _pages = new Map<number, readonly (readonly Cell[])[]>();
  private readonly _loading = new Set<number>();
  private _abort: AbortController | null = null;
  private _end: number | null = null;
  private _seen = 0;
  private _version = 0;
  private _rowsVersion = 0;
}
