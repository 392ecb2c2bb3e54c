// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { INotebookContent } from '@jupyterlab/nbformat';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../../api';
import type { ApiClient, AttemptEvent, Shortened } from '../../../api';
import type { IEventLog } from '../../tokens';
import { Cells, textOf } from './cells';
import type { ICell } from './cells';

/** The number of pieces of a long text that are fetched at a time. */
const PIECES = 8;
const PIECE_BYTES = 256 * 1024;
/** Marks text that continues. */
const MORE = '⋮\n';

/** The notebook of an attempt, with its outputs so far. */
export class NotebookModel {
  constructor(
    private readonly _api: ApiClient,
    private readonly _name: string
  ) {}

  /** Null until the notebook is loaded. */
  get cells(): readonly ICell[] | null {
    return this._cells?.all ?? null;
  }

  /** The kernel that the notebook names. */
  get kernel(): string | null {
    return this._notebook?.metadata.kernelspec?.name ?? null;
  }

  get language(): string {
    return this._language;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Position of the running cell, or -1. */
  get current(): number {
    return this.cells?.findIndex(({ state }) => state === 'running') ?? -1;
  }

  position(index: number): number {
    return this._cells?.position(index) ?? -1;
  }

  /** Return whether the outputs of a cell are shown in full. */
  isWhole(index: number): boolean {
    return this._whole.has(index);
  }

  /** Switch to another event log. */
  reset(eventLog: IEventLog | null): void {
    this._eventLog = eventLog;
    this._events.clear();
    this._positions.clear();
    this._whole.clear();
    this._cells = null;
    if (eventLog) void this._load();
    this._changed.emit();
  }

  /** Apply new events. */
  append(events: readonly AttemptEvent[]): void {
    if (events.some(({ type }) => type === 'kernel_started')) void this._load(); // the parameters are injected before the kernel starts
    if (!this._cells || !this._eventLog || !events.length) return;
    const first = this._eventLog.events.length - events.length;
    const shown = events.map((event, index) => this._shown(event, first + index));
    this._cells.apply(shown, first, index => this._isShortened(index));
    this._changed.emit();
  }

  /** Fetch shortened outputs of a cell, or the next part of a very long text. */
  async showAll(cell: ICell): Promise<void> {
    const eventLog = this._eventLog;
    if (!eventLog) return;
    for (const index of cell.shortened) {
      if (isText(eventLog.shortened.get(index))) await this._readOn(eventLog, index);
      else await this._fetch(eventLog, index);
    }
    if (eventLog !== this._eventLog || eventLog.isDisposed) return;
    this._whole.add(cell.index);
    this._replay();
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private async _fetch(eventLog: IEventLog, index: number): Promise<void> {
    const { attempt } = eventLog;
    const { offset } = eventLog.shortened.get(index) ?? {};
    const part = await this._api.get('/jobs/{name}/events', {
      params: { path: { name: this._name }, query: { attempt, offset, limit_bytes: 1, whole: true } }
    });
    this._events.set(index, part.events[0]);
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

  private async _load(): Promise<void> {
    const load = ++this._loads;
    try {
      const notebook = (await this._api.get('/jobs/{name}/notebook', {
        params: { path: { name: this._name }, query: { outputs: false } }
      })) as unknown as INotebookContent;
      if (load !== this._loads || this._eventLog?.isDisposed) return;
      this._language = notebook.metadata.language_info?.name ?? languageOf(notebook) ?? 'python';
      this._notebook = notebook;
      this._error = null;
      this._replay();
    } catch (reason) {
      if (load === this._loads) this._error = ApiError.from(reason);
    }
    this._changed.emit();
  }

  private _replay(): void {
    const { cells } = this._notebook ?? { cells: [] };
    this._cells = new Cells(cells);
    const events =
      this._eventLog?.events.map((event, index) => this._shown(this._events.get(index) ?? event, index)) ?? [];
    this._cells.apply(events, 0, index => this._isShortened(index));
  }

  private _isShortened(index: number): boolean {
    const isFetched = this._events.has(index) && !this._positions.has(index);
    return !isFetched && (this._eventLog?.shortened.has(index) ?? false);
  }

  /** Return an event with a mark after text that continues. */
  private _shown(event: AttemptEvent, index: number): AttemptEvent {
    if (event.type !== 'output' || !isText(this._eventLog?.shortened.get(index)) || !this._isShortened(index)) {
      return event;
    }
    return { ...event, output: { ...event.output, text: textOf(event.output.text) + MORE } };
  }

  private readonly _changed = new Signal<this, void>(this);
  /** Events that were fetched in full, by index. */
  private readonly _events = new Map<number, AttemptEvent>();
  /** Positions from which the text of such events continues. */
  private readonly _positions = new Map<number, number>();
  private readonly _whole = new Set<number>();
  private _eventLog: IEventLog | null = null;
  private _loads = 0;
  private _notebook: INotebookContent | null = null;
  private _cells: Cells | null = null;
  private _language = 'python';
  private _error: ApiError | null = null;
}

const isText = (shortened?: Shortened): boolean => typeof shortened?.position === 'number';

function languageOf({ metadata }: INotebookContent): string | undefined {
  return (metadata.kernelspec as { language?: string } | undefined)?.language;
}
