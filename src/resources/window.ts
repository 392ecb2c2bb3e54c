// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { Page } from '../api';
import type { IListQuery, IRowWindow } from './tokens';

const PAGE = 100;
const MAX_PAGES = 20;
const QUIET_MS = 150;

/**
 * A long list, of which the visible pages are fetched.
 *
 * After a change the visible pages are fetched again at once, others when they become visible. Previous rows stay until
 * then, so that nothing flickers.
 */
export class RowWindow<T extends { name: string }, Q extends IListQuery = IListQuery> implements IRowWindow<T, Q> {
  constructor(
    private readonly _fetch: (query: Q) => Promise<Page<T>>,
    query: Q
  ) {
    this._query = query;
  }

  get total(): number | null {
    return this._total;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get query(): Q {
    return this._query;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  row(index: number): T | undefined {
    return this._pages.get(Math.floor(index / PAGE))?.items[index % PAGE];
  }

  around(index: number): readonly T[] {
    return this._pages.get(Math.floor(index / PAGE))?.items ?? [];
  }

  indexOf(name: string): number {
    for (const [page, { items }] of this._pages) {
      const index = items.findIndex(item => item.name === name);
      if (index >= 0) return page * PAGE + index;
    }
    return -1;
  }

  show(first: number, last: number): void {
    this._first = Math.max(0, Math.floor(first / PAGE));
    this._last = Math.max(this._first, Math.floor(last / PAGE));
    this._fetchShown();
  }

  hide(): void {
    this._last = -1;
  }

  setQuery(query: Q): void {
    if (JSON.stringify(query) === JSON.stringify(this._query)) return;
    this._query = query;
    this._last = Math.min(this._last, (this._first = 0));
    this._invalidate();
    this._queryGeneration = this._generation;
    this._fetchShown();
  }

  refresh(): void {
    this._invalidate();
    this._fetchShown();
  }

  /** Fetch the visible rows again, throttled. */
  scheduleRefresh(): void {
    this._invalidate();
    void this._throttler.invoke();
  }

  /** Replace a row that is loaded; return the new one, or undefined if it is not loaded. */
  update(name: string, change: (row: T) => T): T | undefined {
    for (const page of this._pages.values()) {
      const index = page.items.findIndex(item => item.name === name);
      if (index < 0) continue;
      const row = change(page.items[index]);
      page.items = page.items.map((item, at) => (at === index ? row : item));
      this._changed.emit();
      return row;
    }
    return undefined;
  }

  /** Replace the rows that are loaded by newer ones of the same names. */
  replace(newer: ReadonlyMap<string, T>): void {
    let isChanged = false;
    for (const page of this._pages.values()) {
      if (page.items.every(item => (newer.get(item.name) ?? item) === item)) continue;
      page.items = page.items.map(item => newer.get(item.name) ?? item);
      isChanged = true;
    }
    if (isChanged) this._changed.emit();
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._throttler.dispose();
    this._disposed.emit();
    Signal.clearData(this);
  }

  private _invalidate(): void {
    this._generation++;
  }

  private _fetchShown(): void {
    for (let index = this._first; index <= this._last; index++) void this._load(index);
  }

  private async _load(index: number): Promise<void> {
    const generation = this._generation;
    const known = this._pages.get(index)?.generation ?? -1;
    if (this._isDisposed || Math.max(known, this._loading.get(index) ?? -1) === generation) return;
    this._loading.set(index, generation);
    try {
      const page = await this._fetch({ ...this._query, limit: PAGE, offset: index * PAGE });
      if (generation >= this._oldest(index)) this._store(index, generation, page);
    } catch (reason) {
      if (generation >= this._oldest(index)) this._error = ApiError.from(reason);
    } finally {
      if (this._loading.get(index) === generation) this._loading.delete(index);
    }
    if (!this._isDisposed) this._changed.emit();
  }

  /** Return the generation of the oldest response that a page may have: responses overtake each other. */
  private _oldest(index: number): number {
    return Math.max(this._queryGeneration, this._pages.get(index)?.generation ?? 0);
  }

  private _store(index: number, generation: number, page: Page<T>): void {
    this._error = null;
    if (generation >= this._totalGeneration) [this._total, this._totalGeneration] = [page.total, generation];
    this._pages.delete(index); // a Map is ordered by insertion: the page becomes the newest
    this._pages.set(index, { items: page.items, generation });
    for (const [other, stored] of this._pages) {
      const gone = other * PAGE >= (this._total ?? 0) || stored.generation < this._queryGeneration;
      const old = this._pages.size > MAX_PAGES && (other < this._first || other > this._last);
      if (gone || old) this._pages.delete(other);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _disposed = new Signal<this, void>(this);
  private readonly _pages = new Map<number, { items: readonly T[]; generation: number }>();
  private readonly _loading = new Map<number, number>();
  private readonly _throttler = new Throttler(() => this._fetchShown(), { limit: QUIET_MS, edge: 'trailing' });
  private _query: Q;
  private _total: number | null = null;
  private _error: ApiError | null = null;
  private _generation = 0;
  /** The generation at which the query was set: earlier responses belong to another query. */
  private _queryGeneration = 0;
  /** The generation of the response that contained the total. */
  private _totalGeneration = 0;
  private _first = 0;
  private _last = -1;
  private _isDisposed = false;
}
