// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TextHit } from '../../../api';
import type { IWritten } from '../run/state';
import { append, stripAnsi } from '../terminal';

/** Text that has not been fetched, shown as one row with its number of lines. Positions are those of the server. */
export interface IGap {
  /** Offset of its event. */
  readonly offset: number;
  readonly position: number;
  readonly end: number;
  /** The number of lines of the event's text before it. */
  readonly line: number;
  /** Its number of lines. */
  readonly lines: number;
  /** Whether the previous row is the start of its first line. */
  readonly joins: boolean;
}

/** A line of a log. */
export interface ILogLine {
  /** Time of its start, in seconds since the epoch. */
  readonly time: number;
  readonly kind: IWritten['kind'];
  readonly text: string;
  /** Index of the cell that wrote it. */
  readonly cell?: number;
  /** The text that this row represents, if it has not been fetched. */
  readonly gap?: IGap;
  /** Whether it continues the last line of the gap before it. */
  readonly joins?: boolean;
}

/** A piece of text, and the position of the next one; null at the end of the event. */
export interface IPiece {
  readonly text: string;
  readonly position: number | null;
}

/** Return whether a search result is in a gap. */
export const holds = (gap: IGap, hit: TextHit): boolean =>
  hit.offset === gap.offset && hit.position >= gap.position && hit.position < gap.end;

/** Return the rows that replace a gap after a piece of its text was fetched; `start` is the position of the piece. */
export function opened(row: ILogLine, gap: IGap, start: { position: number; line: number }, piece: IPiece): ILogLine[] {
  const texts = linesOf(piece.text);
  const isFirst = start.position === gap.position;
  const before = isFirst ? 0 : start.line - gap.line - (gap.joins ? 1 : 0);
  const rows = texts.map((text): ILogLine => ({ ...row, text, gap: undefined }));
  if (!isFirst) rows.unshift({ ...row, gap: { ...gap, end: start.position, lines: before } });
  if (piece.position !== null && piece.position < gap.end) {
    const line = start.line + count(piece.text);
    const joins = !piece.text.endsWith('\n');
    const added = texts.length - (isFirst && gap.joins ? 1 : 0);
    const lines = Math.max(0, gap.lines - before - added);
    rows.push({ ...row, text: '', gap: { ...gap, position: piece.position, line, lines, joins } });
  }
  return rows;
}

/** Split text into lines as a terminal would show them. */
function linesOf(text: string): string[] {
  const lines = append('', stripAnsi(text)).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map(line => line.replaceAll('\r', ''));
}

/** Return the number of line ends in a text. */
export const count = (text: string): number => text.split('\n').length - 1;
