// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { FormCell } from '../../api';

/** Which cells of a notebook run in a job, besides the parameters cell. */
export class CellSelection {
  /**
   * @param cells - All cells that can run.
   * @param given - IDs of the selected cells; null for all.
   * @param imports - Whether to select cells before the last selected one that only import modules as well.
   */
  constructor(
    readonly cells: readonly FormCell[],
    given: readonly string[] | null,
    imports = false
  ) {
    const known = given && new Set(cells.flatMap(({ id }) => id ?? []));
    this._ids = given && new Set(given.filter(id => known?.has(id)));
    this.missing = (given?.length ?? 0) - (this._ids?.size ?? 0);
    const last = this._last;
    if (imports) this._select((cell, index) => this.runs(cell) || (cell.imports && index < last));
    this._initial = this._ids;
  }

  /** The number of selected cells that the notebook does not have, or that do not run in a job. */
  readonly missing: number;

  /** IDs of the selected cells; null for all. */
  get ids(): ReadonlySet<string> | null {
    return this._ids;
  }

  /** The number of cells that run. */
  get count(): number {
    return this.cells.filter(cell => this.runs(cell)).length;
  }

  /** Whether cells can be selected: their IDs are known, and there are several. */
  get isPossible(): boolean {
    return this.cells.length > 1 && this.cells.every(({ id }) => id !== null);
  }

  /** Whether the notebook has a parameters cell. */
  get hasParameters(): boolean {
    return this.cells.some(({ parameters }) => parameters);
  }

  /** Whether the selection has changed. */
  get modified(): boolean {
    return this._text(this._ids) !== this._text(this._initial);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  runs({ id, parameters }: FormCell): boolean {
    return this._ids === null || parameters || (id !== null && this._ids.has(id));
  }

  /** Select or deselect a cell. */
  toggle(cell: FormCell): void {
    const wanted = !this.runs(cell);
    this._select(each => (each === cell ? wanted : this.runs(each)));
  }

  selectAll(): void {
    this._ids = null;
    this._changed.emit();
  }

  /** Select the cells before the last selected one, on which it may depend. */
  addPrevious(): void {
    const before = new Set(this.cells.slice(0, this._last + 1));
    this._select(cell => before.has(cell));
  }

  /** Select cells by their IDs, after the form was loaded again. */
  restore(ids: ReadonlySet<string> | null): void {
    if (ids === null) this.selectAll();
    else this._select(({ id }) => id !== null && ids.has(id));
  }

  /** Whether `addPrevious` selects more cells. */
  get hasPrevious(): boolean {
    return this.cells.slice(0, Math.max(0, this._last)).some(cell => !this.runs(cell));
  }

  /** Index of the last cell that was selected. */
  private get _last(): number {
    return this.cells.findLastIndex(cell => !cell.parameters && this.runs(cell));
  }

  private _select(wanted: (cell: FormCell, index: number) => boolean): void {
    const selected = this.cells.filter((cell, index) => !cell.parameters && wanted(cell, index));
    this._ids = new Set(selected.flatMap(({ id }) => id ?? []));
    this._changed.emit();
  }

  private _text(ids: ReadonlySet<string> | null): string {
    return JSON.stringify(ids && this.cells.flatMap(({ id }) => (id !== null && ids.has(id) ? [id] : [])));
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _initial: ReadonlySet<string> | null;
  private _ids: ReadonlySet<string> | null;
}
