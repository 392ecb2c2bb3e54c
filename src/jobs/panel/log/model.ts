// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { RequestOrder } from '../../../api';
import type { Shortened, TextHit } from '../../../api';
import type { IWritten } from '../run/state';
import { append, stripAnsi } from '../terminal';
import { count, holds, opened } from './gaps';
import type { IGap, ILogLine, IPiece } from './gaps';

const MAX_LINES = 200_000;
const PIECE_BYTES = 256 * 1024;

/** A row that contains the search text; `hit` is its position inside of the row's gap. */
export interface IFound {
  readonly row: number;
  readonly hit?: TextHit;
}

/** Fetches text that was not sent with its event. */
export interface ITextSource {
  getText(position: number, limitBytes: number): Promise<IPiece>;
  search(text: string): Promise<{ items: TextHit[]; total: number }>;
}

/** The log of an attempt, line by line: a view of the text that its events add. */
export class LogModel {
  constructor(private readonly _source: ITextSource) {}

  get lines(): readonly ILogLine[] {
    return this._lines;
  }

  /** The number of printed lines, including those that are not fetched. */
  get count(): number {
    const lines = ({ kind, gap, joins }: ILogLine): number => gap?.lines ?? (kind === 'note' || joins ? 0 : 1);
    return this._lines.reduce((sum, line) => sum + lines(line), this._dropped);
  }

  /** Whether the server found more lines than it returned. */
  get foundMore(): boolean {
    return this._foundMore;
  }

  /** The number of lines that were dropped from the start. */
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
    [this._searched, this._hits, this._foundMore] = ['', [], false];
    this._searches.next()(); // responses to earlier searches are about another attempt
    this._changed.emit();
  }

  /** Add text. */
  append(written: readonly IWritten[]): void {
    if (!written.length) return;
    for (const { time, kind, text, cell, shortened } of written) {
      this._write(time, kind, text, cell);
      this._leave(text, shortened);
    }
    const surplus = this._lines.length - MAX_LINES;
    if (surplus > MAX_LINES / 10) {
      const before = this.count;
      this._lines.splice(0, surplus);
      this._dropped += before - this.count;
    }
    this._changed.emit();
  }

  /** Return the rows that contain a text, ignoring case, including results of `search` in gaps. */
  find(text: string): IFound[] {
    const wanted = text.toLowerCase();
    if (!wanted) return [];
    const hits = wanted === this._searched ? this._hits : [];
    return this._lines.flatMap(({ text, gap }, row): IFound | IFound[] => {
      if (gap) return hits.filter(hit => holds(gap, hit)).map(hit => ({ row, hit }));
      return text.toLowerCase().includes(wanted) ? { row } : [];
    });
  }

  /** Return whether `find` covers gaps: the server has searched them, or there are none. */
  hasSearched(text: string): boolean {
    return text.toLowerCase() === this._searched || !this._lines.some(({ gap }) => gap);
  }

  /** Search in gaps. */
  async search(text: string): Promise<void> {
    const wanted = text.toLowerCase();
    if (!wanted || this.hasSearched(wanted)) return;
    const isNewest = this._searches.next();
    const { items, total } = await this._source.search(wanted);
    if (!isNewest()) return;
    [this._searched, this._hits, this._foundMore] = [wanted, items, total > items.length];
    this._changed.emit();
  }

  /** Fetch the start of a gap, or the part with a search result. */
  async open(gap: IGap, hit?: TextHit): Promise<void> {
    const start = hit ?? gap;
    const piece = await this._source.getText(start.position, Math.min(gap.end - start.position, PIECE_BYTES));
    const row = this._lines.findIndex(line => line.gap === gap);
    if (row < 0) return; // replaced in the meantime
    const rows = opened(this._lines[row], gap, start, piece);
    const before = this._lines.slice(0, row);
    if (start.position === gap.position && gap.joins && before.length && rows.length && !rows[0].gap) {
      const [line, first] = [before.pop()!, rows.shift()!];
      rows.unshift({ ...line, text: line.text + first.text });
    }
    const after = this._lines.slice(row + 1);
    if (after[0]?.joins && rows.length && !rows.at(-1)!.gap) {
      const line = rows.pop()!;
      rows.push({ ...line, text: line.text + after.shift()!.text });
    }
    this._lines = [...before, ...rows, ...after];
    const last = this._lines.at(-1);
    if (this._open?.joins && last && !last.gap) this._open = { ...last, raw: last.text };
    this._changed.emit();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  /** Add a gap after a text of which only a part was sent. */
  private _leave(text: string, shortened?: Shortened): void {
    const last = this._lines.at(-1);
    if (!shortened || !last) return;
    const { offset, position, lines } = shortened;
    if (position === null) return;
    const end = offset + shortened.size_bytes;
    const gap = { offset, position, end, line: count(text), lines, joins: !text.endsWith('\n') };
    this._lines.push({ ...last, text: '', gap });
    const { kind, cell, time } = last;
    this._open = shortened.unfinished ? { kind, cell, time, raw: '', joins: true } : null;
    this._foundMore ||= this._searched !== ''; // this gap has not been searched
  }

  /** Add text; an unfinished line is continued by the next text of the same stream. */
  private _write(time: number, kind: IWritten['kind'], text: string, cell?: number): void {
    const open = this._open?.kind === kind && this._open.cell === cell ? this._open : null;
    const plain = stripAnsi(text);
    if (!plain) return;
    if (open?.raw) this._lines.pop();
    const parts = append(open?.raw ?? '', plain).split('\n');
    const begun: Omit<ILogLine, 'text'> = { time, kind, cell };
    parts.forEach((raw, index) => {
      const start = index ? begun : { ...begun, ...(open && { time: open.time, joins: open.joins }) };
      const isLast = index === parts.length - 1;
      if (isLast) this._open = raw ? { ...start, raw } : null;
      // a newline that ends a line in a gap is not a line by itself
      if (raw || !(isLast || start.joins)) this._lines.push({ ...start, text: raw.replaceAll('\r', '') });
    });
  }

  private readonly _changed = new Signal<this, void>(this);
  private _lines: ILogLine[] = [];
  private _dropped = 0;
  private _searched = '';
  private _hits: readonly TextHit[] = [];
  private _foundMore = false;
  private readonly _searches = new RequestOrder();
  /** The last line while it is unfinished; without text it continues a gap. */
  private _open: (Omit<ILogLine, 'text' | 'gap'> & { raw: string }) | null = null;
}
