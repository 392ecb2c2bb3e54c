// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { IResourceApi } from './api';
import type { Feed } from './feed';
import type { IListQuery, IResource, IResourceEvent, IResourceManager } from './tokens';
import { RowWindow } from './window';

interface IWatched<T> {
  watchers: number;
  item?: T;
}

/** Manages a kind of resource: keeps visible and watched ones up to date with the events of the feed. */
export class ResourceManager<
  T extends IResource,
  Q extends IListQuery = IListQuery,
  E extends IResourceEvent = IResourceEvent
> implements IResourceManager<T, Q> {
  /**
   * @param kind - The kind of the events to receive, e.g. `job`.
   * @param follows - Kinds whose changes change resources of this kind too.
   */
  constructor(
    private readonly _resourceApi: IResourceApi<T, Q>,
    feed: Feed,
    private readonly _kind: string,
    follows: readonly string[] = []
  ) {
    feed.changed<E>(_kind).connect((_, event) => this.onEvent(event), this);
    for (const other of follows) feed.changed(other).connect(() => this.refreshWindows(), this);
    feed.stale.connect(() => this.onStale(), this);
  }

  get changed(): ISignal<this, T> {
    return this._changed;
  }

  get deleted(): ISignal<this, string> {
    return this._deleted;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  peek(name: string): T | undefined {
    const watched = this._watched.get(name)?.item;
    if (watched) return watched;
    for (const window of this._windows) {
      const index = window.indexOf(name);
      if (index >= 0) return window.row(index);
    }
    return undefined;
  }

  async get(name: string): Promise<T> {
    return this.store(await this._resourceApi.get(name));
  }

  watch(name: string): IDisposable {
    const watched = this._watched.get(name) ?? { watchers: 0, item: this.peek(name) };
    this._watched.set(name, watched);
    watched.watchers++;
    return new DisposableDelegate(() => {
      if (--watched.watchers === 0) this._watched.delete(name);
    });
  }

  window(query: Q = {} as Q): RowWindow<T, Q> {
    const window = new RowWindow<T, Q>(page => this._resourceApi.list(page), query);
    this._windows.add(window);
    window.disposed.connect(() => this._windows.delete(window), this);
    return window;
  }

  async update(name: string, change: object, revision?: number): Promise<T> {
    try {
      return this.store(await this._resourceApi.update(name, change, revision));
    } catch (reason) {
      const error = ApiError.from(reason);
      if (error.status === 409 && error.current) this.store(error.current as T);
      throw error;
    }
  }

  async archive(name: string): Promise<T> {
    const item = this.store(await this._resourceApi.archive(name));
    this.refreshWindows();
    return item;
  }

  async restore(name: string): Promise<T> {
    const item = this.store(await this._resourceApi.restore(name));
    this.refreshWindows();
    return item;
  }

  async delete(name: string): Promise<unknown> {
    await this._resourceApi.delete(name);
    this._remove(name);
    return undefined;
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    for (const window of [...this._windows]) window.dispose();
    Signal.clearData(this);
  }

  /** Handle an event of the resource's kind. */
  protected onEvent({ type, name }: E): void {
    if (type === `${this._kind}_deleted`) {
      this._remove(name);
      return;
    }
    if (this._watched.has(name)) void this.refetch(name);
    this.refreshWindows();
  }

  /** Fetch visible and watched resources again, because events may have been missed. */
  protected onStale(): void {
    this.refreshWindows();
    for (const name of this._watched.keys()) void this.catchUp(name);
  }

  /** Fetch a watched resource of which events may have been missed. */
  protected catchUp(name: string): Promise<void> {
    return this.refetch(name);
  }

  protected refreshWindows(): void {
    for (const window of this._windows) window.scheduleRefresh();
  }

  /** Fetch a watched resource. An error leaves it unchanged, unless it does not exist any more. */
  protected async refetch(name: string): Promise<void> {
    try {
      await this.get(name);
    } catch (reason) {
      if (ApiError.from(reason).status === 404) this._remove(name);
    }
  }

  /** Store a resource that was fetched. */
  protected store(item: T): T {
    const watched = this._watched.get(item.name);
    if (watched) watched.item = item;
    for (const window of this._windows) window.update(item.name, () => item);
    this._changed.emit(item);
    return item;
  }

  /** Apply a change to the known copies of a resource. */
  protected patch(name: string, change: (item: T) => T): void {
    let newer: T | undefined;
    for (const window of this._windows) newer = window.update(name, change) ?? newer;
    const watched = this._watched.get(name);
    if (watched?.item) newer = watched.item = change(watched.item);
    if (newer) this._changed.emit(newer);
  }

  private _remove(name: string): void {
    this.refreshWindows();
    this._deleted.emit(name);
  }

  private readonly _watched = new Map<string, IWatched<T>>();
  private readonly _windows = new Set<RowWindow<T, Q>>();
  private readonly _changed = new Signal<this, T>(this);
  private readonly _deleted = new Signal<this, string>(this);
  private _isDisposed = false;
}
