import type { INotebookContent } from '@jupyterlab/nbformat';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../../api';
import type { ApiClient, SpoolEvent } from '../../../api';
import type { ISpool } from '../../../managers';
import { Cells } from './cells';
import type { ICell } from './cells';

/** The notebook of a job, filling as it runs. */
export class NotebookModel {
  constructor(
    private readonly _api: ApiClient,
    private readonly _name: string
  ) {}

  /** Null until the notebook is there. */
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

  /** Where the running cell stands, or the last one that ran; -1 before the first. */
  get current(): number {
    return this.cells?.findIndex(({ state }) => state === 'running') ?? -1;
  }

  position(index: number): number {
    return this._cells?.position(index) ?? -1;
  }

  /** Whether all outputs of a cell are to be shown, however long. */
  isWhole(index: number): boolean {
    return this._whole.has(index);
  }

  /** Begin again with another spool. */
  reset(spool: ISpool | null): void {
    this._spool = spool;
    this._events.clear();
    this._whole.clear();
    this._cells = null;
    if (spool) void this._load();
    this._changed.emit();
  }

  /** Take in what a spool has grown by. */
  append(events: readonly SpoolEvent[]): void {
    if (events.some(({ type }) => type === 'kernel_started')) void this._load(); // only now its parameters are in it
    if (!this._cells || !this._spool || !events.length) return;
    this._cells.apply(events, this._spool.events.length - events.length, index => this._isShortened(index));
    this._changed.emit();
  }

  /** Fetch the outputs of a cell that were shortened. */
  async showAll(cell: ICell): Promise<void> {
    const spool = this._spool;
    if (!spool) return;
    for (const index of cell.shortened) {
      const { offset } = spool.shortened.get(index) ?? {};
      const part = await this._api.getSpool(this._name, {
        attempt: spool.attempt,
        offset,
        limit_bytes: 1,
        whole: true
      });
      this._events.set(index, part.events[0]);
    }
    if (spool !== this._spool || spool.isDisposed) return;
    this._whole.add(cell.index);
    this._replay();
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private async _load(): Promise<void> {
    const load = ++this._loads;
    try {
      const notebook = (await this._api.getNotebook(this._name, { outputs: false })) as unknown as INotebookContent;
      if (load !== this._loads || this._spool?.isDisposed) return;
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
    const events = this._spool?.events.map((event, index) => this._events.get(index) ?? event) ?? [];
    this._cells.apply(events, 0, index => this._isShortened(index));
  }

  private _isShortened(index: number): boolean {
    return !this._events.has(index) && (this._spool?.shortened.has(index) ?? false);
  }

  private readonly _changed = new Signal<this, void>(this);
  /** Events that were fetched whole, by their index in the spool. */
  private readonly _events = new Map<number, SpoolEvent>();
  private readonly _whole = new Set<number>();
  private _spool: ISpool | null = null;
  private _loads = 0;
  private _notebook: INotebookContent | null = null;
  private _cells: Cells | null = null;
  private _language = 'python';
  private _error: ApiError | null = null;
}

function languageOf({ metadata }: INotebookContent): string | undefined {
  return (metadata.kernelspec as { language?: string } | undefined)?.language;
}
