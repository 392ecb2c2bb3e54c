// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Return the term of a filter that finds exactly `value` by a key. */
export function filterTerm(key: string, value: string): string {
  return `${key}:"${value.replace(/["\\]/g, '\\$&')}"`;
}
