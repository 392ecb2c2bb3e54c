// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ICell as INotebookCell, INotebookContent } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../../api';
import type { ApiClient, AttemptEvent, CellState } from '../../../api';
import { placeTitle } from '../../placeText';
import type { RunModel } from '../run/model';
import { textOf } from '../run/outputs';
import type { ICellRun } from '../run/state';

/** A cell of the notebook; replaced rather than modified, for comparison by identity. */
export interface ICell {
  /** Index in the submitted notebook; -1 for the injected parameters. */
  readonly index: number;
  /** Null in notebooks whose format is older than 4.5. */
  readonly id: string | null;
  readonly type: string;
  readonly source: string;
  readonly state: CellState | null;
  readonly run: ICellRun;
}

/** The notebook of an attempt, with its outputs so far: a view of the run's state. */
export class NotebookModel {
  constructor(
    private readonly _api: ApiClient,
    private readonly _name: string,
    private readonly _run: RunModel
  ) {}

  /** Null until the notebook is loaded. */
  get cells(): readonly ICell[] | null {
    return this._cells;
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

  /** Return the position of a cell; -1 if there is no such cell. */
  position(index: number): number {
    return this.cells?.findIndex(cell => cell.index === index) ?? -1;
  }

  /** Return the name of a cell. */
  nameOf({ index, state }: ICell, trans: TranslationBundle): string {
    if (index < 0) return trans.__('Parameters');
    const place = this._run.state.place(index);
    return place.position
      ? placeTitle(place, trans)
      : state === 'skipped'
        ? trans.__('Skipped cell')
        : trans.__('Cell');
  }

  /** Return whether the outputs of a cell are shown in full. */
  isWhole(index: number): boolean {
    return this._whole.has(index);
  }

  /** Load the notebook of another attempt. */
  reset(): void {
    this._whole.clear();
    this._notebook = this._cells = null;
    void this._load();
    this._changed.emit();
  }

  /** Show the state of the run after new events. */
  update(events: readonly AttemptEvent[] = []): void {
    if (events.some(({ type }) => type === 'kernel_started')) void this._load(); // the parameters are injected before the kernel starts
    this._show();
  }

  /** Fetch shortened outputs of a cell, or the next part of a very long text. */
  async showAll(cell: ICell): Promise<void> {
    if (!(await this._run.fetch(cell.run.shortened))) return;
    this._whole.add(cell.index);
    this._show();
  }

  dispose(): void {
    this._loads++;
    Signal.clearData(this);
  }

  private async _load(): Promise<void> {
    const load = ++this._loads;
    try {
      const notebook = (await this._api.get('/jobs/{name}/notebook', {
        params: { path: { name: this._name }, query: { outputs: false } }
      })) as unknown as INotebookContent;
      if (load !== this._loads) return;
      this._language = notebook.metadata.language_info?.name ?? languageOf(notebook) ?? 'python';
      this._notebook = notebook;
      this._error = null;
    } catch (reason) {
      if (load === this._loads) this._error = ApiError.from(reason);
    }
    this._show();
  }

  /** Combine the cells with their runs; cells that have not changed stay the same objects. */
  private _show(): void {
    const before = new Map(this._cells?.map(cell => [cell.index, cell]));
    this._cells = this._notebook?.cells.flatMap(cell => this._cell(cell, before) ?? []) ?? null;
    this._changed.emit();
  }

  /** Return a cell; null for the one that reports a failure. */
  private _cell(cell: INotebookCell, before: ReadonlyMap<number, ICell>): ICell | null {
    const index = (cell.metadata.jupyter_ml as { cell?: number } | undefined)?.cell;
    if (index === undefined) return null;
    const run = this._run.state.cell(index);
    const id = typeof cell.id === 'string' ? cell.id : null;
    const now = {
      index,
      id,
      type: cell.cell_type,
      source: textOf(cell.source),
      state: this._run.state.cellState(index)
    };
    const known = before.get(index);
    const same = known?.run === run && known.state === now.state && known.source === now.source;
    return same ? known : { ...now, run };
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _whole = new Set<number>();
  private _loads = 0;
  private _notebook: INotebookContent | null = null;
  private _cells: readonly ICell[] | null = null;
  private _language = 'python';
  private _error: ApiError | null = null;
}

function languageOf({ metadata }: INotebookContent): string | undefined {
  return (metadata.kernelspec as { language?: string } | undefined)?.language;
}
