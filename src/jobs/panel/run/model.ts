// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient, AttemptEvent } from '../../../api';
import type { IEventLog } from '../../tokens';
import { textOf } from './outputs';
import { RunState } from './state';
import type { Describe, IEnd, IWritten, ShortenedAt } from './state';

/** The number of pieces of a long text that are fetched at a time. */
const PIECES = 8;
const PIECE_BYTES = 256 * 1024;

/** Reduces the event log of an attempt to the state of its run, and fetches shortened outputs in full. */
export class RunModel {
  constructor(
    private readonly _api: ApiClient,
    private readonly _name: string,
    private readonly _describe: Describe
  ) {
    this._state = new RunState(_describe);
  }

  get state(): RunState {
    return this._state;
  }

  /** Switch to another event log. */
  reset(eventLog: IEventLog): void {
    this._eventLog = eventLog;
    this._events.clear();
    this._positions.clear();
    this._end = null;
    this._state = new RunState(this._describe);
  }

  /** Apply new events; return the text that they add to the log. */
  append(events: readonly AttemptEvent[]): IWritten[] {
    const first = (this._eventLog?.events.length ?? 0) - events.length;
    const written = this._state.apply(events, first, this._shortenedAt);
    this._close();
    return written;
  }

  /** Set how the attempt ended, in case that its event log does not contain it. */
  end(end: IEnd | null): void {
    this._end = end;
    this._close();
  }

  /**
   * Fetch shortened outputs, by the indices of their events; of a very long text, the next part. Return false if the
   * event log was replaced in the meantime.
   */
  async fetch(shortened: readonly number[]): Promise<boolean> {
    const eventLog = this._eventLog;
    if (!eventLog) return false;
    for (const index of shortened) {
      if (typeof eventLog.shortened.get(index)?.position === 'number') await this._readOn(eventLog, index);
      else await this._fetchWhole(eventLog, index);
    }
    if (eventLog !== this._eventLog || eventLog.isDisposed) return false;
    this._state = new RunState(this._describe);
    const events = eventLog.events.map((event, index) => this._events.get(index) ?? event);
    this._state.apply(events, 0, this._shortenedAt);
    this._close();
    return true;
  }

  private readonly _shortenedAt: ShortenedAt = index => {
    const isWhole = this._events.has(index) && !this._positions.has(index);
    return isWhole ? undefined : this._eventLog?.shortened.get(index);
  };

  private _close(): void {
    if (this._eventLog?.caughtUp) this._state.fallbackEnd = this._end;
  }

  private async _fetchWhole(eventLog: IEventLog, index: number): Promise<void> {
    const { attempt } = eventLog;
    const { offset } = eventLog.shortened.get(index) ?? {};
    const part = await this._api.get('/jobs/{name}/events', {
      params: { path: { name: this._name }, query: { attempt, offset, limit_bytes: 1, whole: true } }
    });
    if (eventLog === this._eventLog) this._events.set(index, part.events[0]);
  }

  private async _readOn(eventLog: IEventLog, index: number): Promise<void> {
    const event = this._events.get(index) ?? eventLog.events[index];
    if (event.type !== 'output') return;
    const texts = [textOf(event.output.text)];
    let position = this._positions.get(index) ?? eventLog.shortened.get(index)?.position ?? null;
    for (let pieces = 0; position !== null && pieces < PIECES; pieces++) {
      const query = { attempt: eventLog.attempt, position, limit_bytes: PIECE_BYTES };
      const piece = await this._api.get('/jobs/{name}/events/text', { params: { path: { name: this._name }, query } });
      texts.push(piece.text);
      position = piece.position;
    }
    if (eventLog !== this._eventLog) return;
    this._events.set(index, { ...event, output: { ...event.output, text: texts.join('') } });
    if (position === null) this._positions.delete(index);
    else this._positions.set(index, position);
  }

  /** Events that were fetched in full, by index. */
  private readonly _events = new Map<number, AttemptEvent>();
  /** Positions from which the text of such events continues. */
  private readonly _positions = new Map<number, number>();
  private _eventLog: IEventLog | null = null;
  private _end: IEnd | null = null;
  private _state: RunState;
}
