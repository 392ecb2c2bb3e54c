// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it } from 'vitest';

import { findCell } from './source';

it.each([
  ['at its position', ['a', 'b', 'c'], 1, 'b', 1],
  ['moved', ['new', 'a', 'b', 'c'], 1, 'b', 2],
  ['nearest of equal cells', ['b', 'x', 'y', 'z', 'b'], 3, 'b', 4],
  ['with other white space at its end', ['a', 'b\n'], 1, 'b', 1],
  ['changed', ['a', 'b2', 'c'], 1, 'b', 1],
  ['removed at the end', ['a'], 7, 'b', 0]
])('finds a cell: %s', (_, sources, index, source, found) => {
  expect(findCell(sources, { index, source })).toBe(found);
});
