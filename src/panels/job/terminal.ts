// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** What a terminal would show of text that was written for one. */

// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Take colours and cursor movements out. */
export const stripAnsi = (text: string): string => text.replace(ESCAPES, '');

/** Let what follows a carriage return overwrite its line, as progress bars want it. */
export function foldReturns(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replaceAll(/\r+\n/g, '\n')
    .split('\n')
    .map(line => line.split('\r').reduce((shown, part) => part + shown.slice(part.length)))
    .join('\n');
}

/** Write more behind a text; only its last line can be overwritten. */
export function append(text: string, more: string): string {
  if (!more.includes('\r') && !text.endsWith('\r')) return text + more;
  const start = text.lastIndexOf('\n') + 1;
  const [head, tail] = [text.slice(0, start), text.slice(start) + more];
  // a return at the very end waits for what overwrites the line
  return tail.endsWith('\r') ? `${head}${foldReturns(tail.slice(0, -1))}\r` : head + foldReturns(tail);
}
