// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Control characters, those that turn the direction of writing, and halves of surrogate pairs. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;
const NAMES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Text from a job for a person: what would turn or hide the text around it is written out, as `\u202e`.
 *
 * @param text - From anywhere.
 * @param lines - Whether ends of lines and tabs stay.
 */
export function visible(text: string, lines = false): string {
  return text.replace(HIDDEN, sign => (lines && /[\n\t]/.test(sign) ? sign : (NAMES[sign] ?? escape(sign))));
}

function escape(sign: string): string {
  const code = sign.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}
