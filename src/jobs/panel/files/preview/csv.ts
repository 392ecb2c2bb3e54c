// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

const FIELD = /("(?:[^"]|"")*"|[^\r\n]*?)(SEPARATOR|\r?\n|$)/;

/** Parse the first rows of delimiter-separated text (RFC 4180). */
export function parseCsv(text: string, separator: string, limit: number): string[][] {
  const field = new RegExp(FIELD.source.replace('SEPARATOR', separator), 'y');
  const rows: string[][] = [];
  let row: string[] = [];
  while (field.lastIndex < text.length && rows.length < limit) {
    const found = field.exec(text);
    if (!found) break;
    const [, value, end] = found;
    row.push(value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end !== separator) {
      rows.push(row);
      row = [];
    } else if (field.lastIndex === text.length) row.push('');
  }
  if (row.length && rows.length < limit) rows.push(row);
  return rows;
}
