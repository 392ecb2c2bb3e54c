// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ICell as INotebookCell, IOutput } from '@jupyterlab/nbformat';

import type { AttemptEvent, CellState } from '../../../api';
import { append } from '../terminal';

/** An output of a cell. */
export interface IOutputEntry {
  readonly output: IOutput;
  readonly displayId: string | null;
}

/** A cell and its outputs; replaced rather than modified, for comparison by identity. */
export interface ICell {
  /** Index in the submitted notebook; -1 for the injected parameters. */
  readonly index: number;
  readonly type: string;
  readonly source: string;
  readonly attachments: unknown;
  readonly state: CellState | null;
  /** Seconds since the epoch. */
  readonly startedAt: number | null;
  readonly durationS: number | null;
  readonly executionCount: number | null;
  readonly outputs: readonly IOutputEntry[];
  /** Indices of events with shortened outputs. */
  readonly shortened: readonly number[];
}

type Change = Partial<ICell>;

/** Applies the events of an event log to the cells of a notebook. */
export class Cells {
  constructor(cells: readonly INotebookCell[]) {
    this._cells = cells.flatMap(cell => fresh(cell) ?? []);
    this._cells.forEach(({ index }, position) => this._positions.set(index, position));
  }

  get all(): readonly ICell[] {
    return this._cells;
  }

  /** Return the position of a cell; -1 if there is no such cell. */
  position(index: number): number {
    return this._positions.get(index) ?? -1;
  }

  /**
   * Apply events; `first` is the index of the first one, `isShortened` returns whether the output of an event is
   * shortened.
   */
  apply(events: readonly AttemptEvent[], first = 0, isShortened: (index: number) => boolean = () => false): void {
    this._cells = [...this._cells];
    this._open.clear();
    events.forEach((event, offset) => {
      this._apply(event);
      if (event.type === 'output' && isShortened(first + offset)) {
        this._change(event.cell, ({ shortened }) => ({ shortened: [...shortened, first + offset] }));
      }
    });
  }

  private _apply(event: AttemptEvent): void {
    switch (event.type) {
      case 'executor_started':
        for (const cell of event.cells) this._change(cell, () => ({ state: 'pending' }));
        break;
      case 'cell_started':
        this._change(event.cell, () => ({ state: 'running', startedAt: event.time, outputs: [], shortened: [] }));
        break;
      case 'cell_finished':
        this._change(event.cell, () => ({
          state: event.state,
          durationS: event.duration_s,
          executionCount: event.execution_count
        }));
        break;
      case 'output':
        this._output(event.cell, event.output as unknown as IOutput, event.display_id ?? null);
        break;
      case 'cleared':
        this._change(event.cell, () => ({ outputs: [], shortened: [] }));
        break;
      case 'display_updated':
        this._redisplay(event.display_id, { data: event.data, metadata: event.metadata });
        break;
      case 'ended':
        this._end(event.state, event.cause?.cell ?? null);
    }
  }

  private _end(end: string, last: number | null): void {
    for (const { index, state } of this._cells) {
      // a kernel reports an interrupted cell as failed
      const interrupted = end === 'Canceled' && index === last;
      if (state === 'running' && end === 'Failed') this._change(index, () => ({ state: 'failed' }));
      else if (interrupted || state === 'running' || state === 'pending') {
        this._change(index, () => ({ state: 'not_run' }));
      }
    }
  }

  private _output(cell: number, output: IOutput, displayId: string | null): void {
    if (displayId) this._redisplay(displayId, { data: output.data, metadata: output.metadata });
    this._change(cell, current => {
      const outputs = this._writable(current);
      const last = outputs.at(-1)?.output;
      if (output.output_type === 'stream' && last?.output_type === 'stream' && last.name === output.name) {
        const text = append(textOf(last.text), textOf(output.text));
        outputs[outputs.length - 1] = { output: { ...last, text }, displayId: null };
      } else if (output.output_type === 'stream') {
        outputs.push({ output: { ...output, text: append('', textOf(output.text)) }, displayId });
      } else outputs.push({ output, displayId });
      return { outputs };
    });
    if (displayId) this._displays.set(displayId, (this._displays.get(displayId) ?? new Set()).add(cell));
  }

  private _redisplay(displayId: string, shown: object): void {
    for (const cell of this._displays.get(displayId) ?? []) {
      this._change(cell, ({ outputs }) => ({
        outputs: outputs.map(entry =>
          entry.displayId === displayId ? { ...entry, output: { ...entry.output, ...shown } } : entry
        )
      }));
    }
  }

  /** Return a list that is not shared yet: a batch of outputs is copied only once. */
  private _writable({ outputs }: ICell): IOutputEntry[] {
    if (this._open.has(outputs)) return outputs as IOutputEntry[];
    const copy = [...outputs];
    this._open.add(copy);
    return copy;
  }

  private _change(index: number, change: (cell: ICell) => Change): void {
    const position = this.position(index);
    if (position < 0) return;
    this._cells[position] = { ...this._cells[position], ...change(this._cells[position]) };
  }

  private _cells: ICell[];
  private readonly _positions = new Map<number, number>();
  private readonly _displays = new Map<string, Set<number>>();
  private readonly _open = new Set<readonly IOutputEntry[]>();
}

/** Return the initial state of a cell; null for the cell that reports a failure. */
function fresh(cell: INotebookCell): ICell | null {
  const known = cell.metadata.jupyter_ml as { cell?: number } | undefined;
  if (known?.cell === undefined) return null;
  return {
    index: known.cell,
    type: cell.cell_type,
    source: textOf(cell.source),
    attachments: cell.attachments,
    state: null,
    startedAt: null,
    durationS: null,
    executionCount: null,
    outputs: [],
    shortened: []
  };
}

/** Return text that may be a list of lines, as in nbformat. */
export function textOf(text: unknown): string {
  return Array.isArray(text) ? text.join('') : typeof text === 'string' ? text : '';
}
