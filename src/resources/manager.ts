// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { DisposableDelegate } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { Page } from '../api';
import type { IResourceApi } from './api';
import type { Feed } from './feed';
import type { IListQuery, IResource, IResourceEvent, IResourceManager } from './tokens';
import type { RowWindow } from './window';

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

  get(name: string): Promise<T> {
    return this.receive(this._resourceApi.get(name));
  }

  watch(name: string): IDisposable {
    const watched = this._watched.get(name) ?? { watchers: 0, item: this.peek(name) };
    this._watched.set(name, watched);
    watched.watchers++;
    return new DisposableDelegate(() => {
      if (--watched.watchers === 0) this._watched.delete(name);
    });
  }

  async window(query: Q = {} as Q): Promise<RowWindow<T, Q>> {
    const { RowWindow } = await import('./window');
    const window = new RowWindow<T, Q>(page => this._list(page), query);
    if (this._isDisposed) window.dispose();
    else this._windows.add(window);
    window.disposed.connect(() => this._windows.delete(window), this);
    return window;
  }

  async update(name: string, change: object, revision?: number): Promise<T> {
    const sentAt = this.tick();
    try {
      return await this.receive(this._resourceApi.update(name, change, revision));
    } catch (reason) {
      const error = ApiError.from(reason);
      if (error.status === 409 && error.current) this._store(error.current as T, sentAt);
      throw error;
    }
  }

  async archive(name: string): Promise<T> {
    const item = await this.receive(this._resourceApi.archive(name));
    this.refreshWindows();
    return item;
  }

  async restore(name: string): Promise<T> {
    const item = await this.receive(this._resourceApi.restore(name));
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

  /** Store the response to a request, unless something newer is known, and return what is known then. */
  protected async receive(request: Promise<T>): Promise<T> {
    const sentAt = this.tick();
    return this._store(await request, sentAt);
  }

  /** Return the time of a request or an event, by a clock that counts them: responses and events overtake each other. */
  protected tick(): number {
    return ++this._time;
  }

  /**
   * Apply a change to the known copies of a resource.
   *
   * @param time - The time of an event: responses to earlier requests do not replace the result.
   */
  protected patch(name: string, change: (item: T) => T, time?: number): void {
    const applied = (item: T): T => this._mark(change(item), time ?? this._timeOf(item));
    let newer: T | undefined;
    for (const window of this._windows) newer = window.update(name, applied) ?? newer;
    const watched = this._watched.get(name);
    if (watched?.item) newer = watched.item = applied(watched.item);
    if (newer) this._changed.emit(newer);
  }

  private async _list(query: Q): Promise<Page<T>> {
    const sentAt = this.tick();
    const page = await this._resourceApi.list(query);
    const items = page.items.map(item => this._newest(item, sentAt));
    const newer = new Map(items.map(item => [item.name, item]));
    for (const window of this._windows) window.replace(newer); // a resource has the same state in all lists
    return { ...page, items };
  }

  private _store(item: T, sentAt: number): T {
    const newest = this._newest(item, sentAt);
    const watched = this._watched.get(item.name);
    if (watched) watched.item = newest;
    for (const window of this._windows) window.update(item.name, () => newest);
    this._changed.emit(newest);
    return newest;
  }

  /** Return an item of a response, or what is known of it if that is newer. */
  private _newest(item: T, sentAt: number): T {
    const known = this._lastMark > sentAt ? this.peek(item.name) : undefined;
    const isUpdated = known && (item.revision ?? 0) > (known.revision ?? 0);
    if (known && this._timeOf(known) > sentAt && !isUpdated) return known;
    return this._mark(item, sentAt);
  }

  private _mark(item: T, time: number): T {
    this._times.set(item, time);
    this._lastMark = Math.max(this._lastMark, time);
    return item;
  }

  private _timeOf(item: T): number {
    return this._times.get(item) ?? 0;
  }

  private _remove(name: string): void {
    this.refreshWindows();
    this._deleted.emit(name);
  }

  private readonly _watched = new Map<string, IWatched<T>>();
  private readonly _windows = new Set<RowWindow<T, Q>>();
  /** When each known copy of a resource was requested, or changed by an event. */
  private readonly _times = new WeakMap<T, number>();
  private _time = 0;
  private _lastMark = 0;
  private readonly _changed = new Signal<this, T>(this);
  private readonly _deleted = new Signal<this, string>(this);
  private _isDisposed = false;
}
