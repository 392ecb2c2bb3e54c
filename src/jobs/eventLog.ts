// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { ApiClient, AttemptEvent, Shortened } from '../api';
import type { IEventLog } from './tokens';

const CHUNK_BYTES = 1_000_000;

/** Reads an attempt's event log from its start, and continues when notified. */
export class EventLog implements IEventLog {
  constructor(
    private readonly _api: ApiClient,
    readonly name: string,
    readonly attempt: number
  ) {
    void this.more();
  }

  get events(): readonly AttemptEvent[] {
    return this._events;
  }

  get shortened(): ReadonlyMap<number, Shortened> {
    return this._shortened;
  }

  get caughtUp(): boolean {
    return this._caughtUp;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get problem(): string | null {
    return this._problem;
  }

  get appended(): ISignal<this, readonly AttemptEvent[]> {
    return this._appended;
  }

  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Read new events; a call while reading only ensures that reading continues. */
  async more(): Promise<void> {
    this._asked = true;
    if (this._reading) return;
    this._reading = true;
    try {
      while (this._asked && !this._isDisposed) await this._read();
      this._error = null;
    } catch (reason) {
      this._error = ApiError.from(reason);
    } finally {
      this._reading = false;
    }
    if (this._isDisposed) return;
    this._caughtUp = this._error === null;
    this._appended.emit([]);
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._disposed.emit();
    Signal.clearData(this);
  }

  private async _read(): Promise<void> {
    this._asked = false;
    const part = await this._api.get('/jobs/{name}/events', {
      params: {
        path: { name: this.name },
        query: { attempt: this.attempt, offset: this._offset, limit_bytes: CHUNK_BYTES }
      }
    });
    this._problem = part.problem ?? null;
    if (this._isDisposed || part.offset === this._offset) return;
    this._offset = part.offset;
    this._asked = !part.complete;
    for (const item of part.shortened) this._shortened.set(this._events.length + item.index, item);
    this._events.push(...part.events);
    this._appended.emit(part.events);
  }

  private readonly _events: AttemptEvent[] = [];
  private readonly _shortened = new Map<number, Shortened>();
  private readonly _appended = new Signal<this, readonly AttemptEvent[]>(this);
  private readonly _disposed = new Signal<this, void>(this);
  private _offset = 0;
  private _asked = false;
  private _reading = false;
  private _caughtUp = false;
  private _error: ApiError | null = null;
  private _problem: string | null = null;
  private _isDisposed = false;
}
