// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it } from 'vitest';

import { findCell } from './source';

const CELLS = ['x = 1', 'fit()', 'x = 1', 'plot()'].map((source, index) => ({ id: `cell-${index}`, source }));

it.each([
  ['a cell that was moved', { index: 0, id: 'cell-3', source: 'plot()\n' }, { index: 3, state: 'unchanged' }],
  ['a cell that was changed', { index: 3, id: 'cell-1', source: 'fit(1)' }, { index: 1, state: 'changed' }],
  ['the nearest one with the same source', { index: 3, id: null, source: 'x = 1' }, { index: 2, state: 'unchanged' }],
  ['a copy of a removed cell', { index: 0, id: 'gone', source: 'fit()' }, { index: 1, state: 'unchanged' }],
  ['where a removed cell was', { index: 2, id: 'gone', source: 'y = 2' }, { index: 2, state: 'removed' }],
  ['the end, if the notebook is shorter', { index: 9, id: null, source: 'y = 2' }, { index: 3, state: 'removed' }]
] as const)('finds %s', (_, cell, found) => {
  expect(findCell(CELLS, cell)).toEqual(found);
});
