// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Convert terminal output to plain text. */

// eslint-disable-next-line no-control-regex
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Remove ANSI escape sequences. */
export const stripAnsi = (text: string): string => text.replace(ESCAPES, '');

/** Apply carriage returns, which overwrite the line, as progress bars do. */
export function foldReturns(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replaceAll(/\r+\n/g, '\n')
    .split('\n')
    .map(line => line.split('\r').reduce((shown, part) => part + shown.slice(part.length)))
    .join('\n');
}

/** Append text; carriage returns affect the last line only. */
export function append(text: string, more: string): string {
  if (!more.includes('\r') && !text.endsWith('\r')) return text + more;
  const start = text.lastIndexOf('\n') + 1;
  const [head, tail] = [text.slice(0, start), text.slice(start) + more];
  // keep a trailing return, which affects the next text
  return tail.endsWith('\r') ? `${head}${foldReturns(tail.slice(0, -1))}\r` : head + foldReturns(tail);
}
