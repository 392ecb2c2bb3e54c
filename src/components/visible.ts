// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Control characters, bidirectional formatting characters, and lone surrogates. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;
const NAMES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Escape characters in text from a job that would hide or reorder the text around it, e.g. as `\u202e`.
 *
 * @param text - Any text.
 * @param lines - Whether to keep newlines and tabs.
 */
export function visible(text: string, lines = false): string {
  return text.replace(HIDDEN, sign => (lines && /[\n\t]/.test(sign) ? sign : (NAMES[sign] ?? escape(sign))));
}

function escape(sign: string): string {
  const code = sign.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}
