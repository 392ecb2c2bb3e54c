// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ApiError } from '../api';
import type { IListQuery, IRowWindow } from './tokens';

/** A part of a stacked list. */
export interface IStackedPart<T extends { name: string }, Q extends IListQuery> {
  rows: IRowWindow<T, Q>;
  /** What the query of the part has in addition to that of the list. */
  query: Partial<Q>;
  /** Return whether a row belongs to this part, which may have changed since the part was fetched. */
  holds?: (row: T) => boolean;
  /** The number of rows that are shown at most. */
  limit?: number;
}

/** Several lists of the same kind, one above the other, as one list: e.g. jobs that run, and those that have ended. */
export class StackedRows<T extends { name: string }, Q extends IListQuery = IListQuery> implements IRowWindow<T, Q> {
  constructor(private readonly _parts: readonly IStackedPart<T, Q>[]) {
    for (const { rows } of _parts) rows.changed.connect(() => this._changed.emit(), this);
    this.setQuery({} as Q);
  }

  get total(): number | null {
    const counts = this._parts.map(part => this._count(part));
    return counts.every(count => count !== null) ? counts.reduce((sum, count) => sum + count, 0) : null;
  }

  get error(): ApiError | null {
    return this._parts.find(({ rows }) => rows.error)?.rows.error ?? null;
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
    const found = this._find(index);
    const row = found?.part.rows.row(found.index);
    return row && this._hasMoved(row, found!.part) ? undefined : row;
  }

  around(index: number): readonly T[] {
    const found = this._find(index);
    const pages = this._parts.map(part => part.rows.around(part === found?.part ? found.index : 0));
    if (pages.some((page, at) => page !== this._pages[at])) {
      this._pages = pages;
      this._around = pages.flat();
    }
    return this._around;
  }

  indexOf(name: string): number {
    let before = 0;
    for (const part of this._parts) {
      const index = part.rows.indexOf(name);
      const count = this._count(part) ?? 0;
      if (index >= 0 && !this._hasMoved(part.rows.row(index)!, part)) return index < count ? before + index : -1;
      before += count;
    }
    return -1;
  }

  show(first: number, last: number): void {
    let before = 0;
    for (const part of this._parts) {
      const count = this._count(part) ?? 0;
      // a part that is not visible is fetched too, because its number of rows is
      const [from, to] = [Math.max(0, first - before), Math.min(count - 1, last - before)];
      part.rows.show(from <= to ? from : 0, from <= to ? to : 0);
      before += count;
    }
  }

  hide(): void {
    for (const { rows } of this._parts) rows.hide();
  }

  setQuery(query: Q): void {
    this._query = query;
    for (const part of this._parts) part.rows.setQuery({ ...query, ...part.query });
  }

  /** Set how many rows of a part are shown at most. */
  setLimit(part: number, limit: number | undefined): void {
    this._parts[part].limit = limit;
    this._changed.emit();
  }

  refresh(): void {
    for (const { rows } of this._parts) rows.refresh();
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    for (const { rows } of this._parts) rows.dispose();
    this._disposed.emit();
    Signal.clearData(this);
  }

  private _count({ rows, limit = Infinity }: IStackedPart<T, Q>): number | null {
    return rows.total === null ? null : Math.min(rows.total, limit);
  }

  /** Return whether a row is in another part by now; this one will be fetched again. */
  private _hasMoved(row: T, from: IStackedPart<T, Q>): boolean {
    if (!from.holds || from.holds(row)) return false;
    return this._parts.some(part => part !== from && part.rows.indexOf(row.name) >= 0);
  }

  private _find(index: number): { part: IStackedPart<T, Q>; index: number } | null {
    let before = 0;
    for (const part of this._parts) {
      const count = this._count(part) ?? 0;
      if (index < before + count) return { part, index: index - before };
      before += count;
    }
    return null;
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _disposed = new Signal<this, void>(this);
  private _query = {} as Q;
  private _pages: (readonly T[])[] = [];
  private _around: readonly T[] = [];
  private _isDisposed = false;
}
