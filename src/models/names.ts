// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Return the names in a text, separated by commas or spaces. */
export function splitNames(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

/** Return a name for a model that is valid in a reference, made of a text such as a path. */
export function nameFor(text: string): string {
  const last = text.replace(/\/+$/, '').split('/').at(-1) ?? '';
  const name = last.replace(/\.\w+$/, '').replace(/[^A-Za-z0-9._-]+/g, '-');
  return /^[A-Za-z0-9]/.test(name) ? name : 'model';
}
