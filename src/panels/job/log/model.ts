import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { SpoolEvent } from '../../../api';
import { textOf } from '../notebook/cells';
import { append, stripAnsi } from '../terminal';

const MAX_LINE = 10_000;
const MAX_LINES = 200_000;

/** One line of a log. */
export interface ILogLine {
  /** Seconds since the epoch, of its beginning. */
  readonly time: number;
  /** `note` is what the executor tells. */
  readonly kind: 'stdout' | 'stderr' | 'note';
  readonly text: string;
  /** The cell that wrote it, as its index in the notebook. */
  readonly cell?: number;
}

/** What a note is about; words for it are found where it is shown. */
export type Describe = (event: SpoolEvent) => string | null;

/** All that a job has written as text, line by line. */
export class LogModel {
  constructor(private readonly _describe: Describe) {}

  get lines(): readonly ILogLine[] {
    return this._lines;
  }

  /** How many lines are left out, from the beginning. */
  get dropped(): number {
    return this._dropped;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  reset(): void {
    this._lines = [];
    this._dropped = 0;
    this._open = null;
    this._changed.emit();
  }

  append(events: readonly SpoolEvent[]): void {
    if (!events.length) return;
    for (const event of events) this._add(event);
    const surplus = this._lines.length - MAX_LINES;
    if (surplus > MAX_LINES / 10) {
      this._lines.splice(0, surplus);
      this._dropped += surplus;
    }
    this._changed.emit();
  }

  /** Numbers of the lines that contain a text, in any case. */
  find(text: string): number[] {
    const wanted = text.toLowerCase();
    if (!wanted) return [];
    return this._lines.flatMap((line, number) => (line.text.toLowerCase().includes(wanted) ? number : []));
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _add(event: SpoolEvent): void {
    const { time } = event;
    if (event.type === 'log') this._write(time, event.name, event.text);
    else if (event.type === 'output') {
      const { output_type, name, text, traceback } = event.output as Record<string, unknown>;
      if (output_type === 'stream') {
        this._write(time, name === 'stderr' ? 'stderr' : 'stdout', textOf(text), event.cell);
      } else if (output_type === 'error') {
        this._write(time, 'stderr', `${(traceback as string[]).join('\n')}\n`, event.cell);
      }
    } else {
      const note = this._describe(event);
      if (note !== null) this._write(time, 'note', `${note}\n`);
    }
  }

  /** A line that has no end yet goes on with what the same stream writes next. */
  private _write(time: number, kind: ILogLine['kind'], text: string, cell?: number): void {
    const open = this._open?.kind === kind && this._open.cell === cell ? this._open : null;
    if (open) this._lines.pop();
    const whole = append(open?.raw ?? '', stripAnsi(text));
    const parts = whole.split('\n');
    const rest = parts.pop() ?? '';
    const line = (part: string): ILogLine => ({
      time: open && part === parts[0] ? open.time : time,
      kind,
      text: part.replaceAll('\r', '').slice(0, MAX_LINE),
      cell
    });
    for (const part of parts) this._lines.push(line(part));
    this._open = rest ? { kind, cell, raw: rest, time: parts.length ? time : (open?.time ?? time) } : null;
    if (rest) this._lines.push(line(rest));
  }

  private readonly _changed = new Signal<this, void>(this);
  private _lines: ILogLine[] = [];
  private _dropped = 0;
  private _open: { kind: string; cell?: number; raw: string; time: number } | null = null;
}
