// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IOutput } from '@jupyterlab/nbformat';

import type { AttemptEvent, Cause, CellFinished, CellState, Job, Shortened } from '../../../api';
import type { ICellPlace } from '../../place';
import { addOutput, textOf } from './outputs';
import type { IOutputEntry } from './outputs';

/** Marks text that continues. */
const MORE = '⋮\n';

/** The run of a cell, with its outputs; replaced rather than modified, for comparison by identity. */
export interface ICellRun {
  /** Seconds since the epoch; null before its start. */
  readonly startedAt: number | null;
  readonly finished: CellFinished | null;
  readonly outputs: readonly IOutputEntry[];
  /** Indices of events with shortened outputs. */
  readonly shortened: readonly number[];
}

/** Text that an event adds to the log. */
export interface IWritten {
  /** Seconds since the epoch. */
  readonly time: number;
  /** `note` is an event of the executor. */
  readonly kind: 'stdout' | 'stderr' | 'note';
  readonly text: string;
  /** Index of the cell that wrote it. */
  readonly cell?: number;
  /** What was omitted from the text. */
  readonly shortened?: Shortened;
}

/** How an attempt ended. */
export interface IEnd {
  readonly state: Job['state'];
  readonly cause?: Cause | null;
}

/** Returns the text of an event of the executor, with the place of its cell; null for events without one. */
export type Describe = (event: AttemptEvent, placeOf: (cell: number) => ICellPlace) => string | null;

/** Returns what was omitted from the event at an index. */
export type ShortenedAt = (index: number) => Shortened | undefined;

const NOT_STARTED: ICellRun = { startedAt: null, finished: null, outputs: [], shortened: [] };

/**
 * The state of an attempt, reduced from its events. `apply` is the only place that knows what each event changes; the
 * notebook and the log are views of it.
 *
 * It computes the states of cells as `jupyter_ml.eventlog.RunState` does.
 */
export class RunState {
  constructor(private readonly _describe: Describe) {}

  /** How the attempt ended, if the executor could not write the last event. */
  fallbackEnd: IEnd | null = null;

  /** How the attempt ended; an end that is followed by another event does not count. */
  get ended(): IEnd | null {
    return this._ended ?? this.fallbackEnd;
  }

  /** Return the run of a cell, by its index in the submitted notebook; -1 for the injected parameters. */
  cell(index: number): ICellRun {
    return this._cells.get(index) ?? NOT_STARTED;
  }

  /** Return the state of a cell; null if it is not code, or nothing is known yet. */
  cellState(index: number): CellState | null {
    const { startedAt, finished } = this.cell(index);
    const canceled = this.ended?.state === 'Canceled';
    if (finished) {
      // a kernel reports the cell that it interrupts as failed
      const interrupted = canceled && finished.state === 'failed' && index === this.ended?.cause?.cell;
      return interrupted ? 'canceled' : finished.state;
    }
    if (startedAt !== null && this.ended) return canceled ? 'canceled' : 'failed';
    if (startedAt !== null) return 'running';
    if (!this._planned.has(index)) return null;
    return this.ended ? 'not_run' : 'pending';
  }

  /** Return where a cell is, by its index in the submitted notebook. */
  place(index: number): ICellPlace {
    const { startedAt, finished } = this.cell(index);
    const running = startedAt !== null && !finished ? this._prompt : null;
    const prompt = finished ? finished.execution_count : running;
    return { prompt, position: this._positions.get(index) ?? 0, total: this._positions.size };
  }

  /** Apply events, of which the first has the index `first`; return the text that they add to the log. */
  apply(events: readonly AttemptEvent[], first = 0, shortenedAt: ShortenedAt = () => undefined): IWritten[] {
    this._open.clear();
    return events.flatMap((event, offset) => this._apply(event, first + offset, shortenedAt(first + offset)));
  }

  private _apply(event: AttemptEvent, index: number, shortened?: Shortened): IWritten[] {
    this._ended = event.type === 'ended' ? event : null;
    switch (event.type) {
      case 'executor_started':
        this._planned = new Set(event.cells);
        this._positions = new Map(event.cells.filter(cell => cell >= 0).map((cell, at) => [cell, at + 1]));
        this._cells.clear();
        this._prompt = 1;
        break;
      case 'cell_started':
        this._cells.set(event.cell, { ...NOT_STARTED, startedAt: event.time });
        break;
      case 'cell_finished':
        this._change(event.cell, () => ({ finished: event }));
        if (event.execution_count !== null) this._prompt = event.execution_count + 1;
        break;
      case 'cleared':
        this._change(event.cell, () => ({ outputs: [], shortened: [] }));
        break;
      case 'display_updated':
        this._redisplay(event.display_id, { data: event.data, metadata: event.metadata });
        break;
      case 'log':
        return [{ time: event.time, kind: event.name, text: event.text, shortened }];
      case 'output': {
        const output = event.output as unknown as IOutput;
        this._output(event.cell, output, event.display_id ?? null, shortened && { ...shortened, index });
        return written(output, event.time, event.cell, shortened);
      }
    }
    const note = this._describe(event, cell => this.place(cell));
    return note === null ? [] : [{ time: event.time, kind: 'note', text: `${note}\n` }];
  }

  private _output(cell: number, output: IOutput, displayId: string | null, shortened?: Shortened): void {
    const continues = typeof shortened?.position === 'number';
    const shown = continues ? { ...output, text: textOf(output.text) + MORE } : output;
    if (displayId) this._redisplay(displayId, { data: output.data, metadata: output.metadata });
    this._change(cell, current => {
      const outputs = this._writable(current);
      addOutput(outputs, shown, displayId);
      return shortened ? { outputs, shortened: [...current.shortened, shortened.index] } : { outputs };
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
  private _writable({ outputs }: ICellRun): IOutputEntry[] {
    if (this._open.has(outputs)) return outputs as IOutputEntry[];
    const copy = [...outputs];
    this._open.add(copy);
    return copy;
  }

  private _change(index: number, change: (cell: ICellRun) => Partial<ICellRun>): void {
    const cell = this.cell(index);
    this._cells.set(index, { ...cell, ...change(cell) });
  }

  private _ended: IEnd | null = null;
  private _planned: ReadonlySet<number> = new Set();
  private _positions: ReadonlyMap<number, number> = new Map();
  /** Prompt number of the cell that runs, or of the next one. */
  private _prompt = 1;
  private readonly _cells = new Map<number, ICellRun>();
  private readonly _displays = new Map<string, Set<number>>();
  private readonly _open = new Set<readonly IOutputEntry[]>();
}

/** Return the text of an output in the log. */
function written(output: IOutput, time: number, cell: number, shortened?: Shortened): IWritten[] {
  const { output_type, name, text, traceback } = output;
  if (output_type === 'stream') {
    return [{ time, kind: name === 'stderr' ? 'stderr' : 'stdout', text: textOf(text), cell, shortened }];
  }
  if (output_type !== 'error') return [];
  return [{ time, kind: 'stderr', text: `${(traceback as string[]).join('\n')}\n`, cell }];
}
