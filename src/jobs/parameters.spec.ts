// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { CodeCellModel } from '@jupyterlab/cells';
import { expect, it } from 'vitest';

import { isParameters, markParameters } from './parameters';

it('marks one cell, and keeps other tags', () => {
  const cells = [new CodeCellModel(), new CodeCellModel(), new CodeCellModel()];
  cells[1].setMetadata('tags', ['slow', 'parameters']);
  const tags = (): unknown[] => cells.map(cell => cell.getMetadata('tags') as unknown);
  markParameters(cells, cells[0]);
  expect(tags()).toEqual([['parameters'], ['slow'], undefined]);
  expect(cells.map(isParameters)).toEqual([true, false, false]);
  markParameters(cells, cells[2]);
  expect(tags()).toEqual([undefined, ['slow'], ['parameters']]);
  markParameters(cells, null);
  expect(tags()).toEqual([undefined, ['slow'], undefined]);
});
