import { describe, expect, it } from 'vitest';

import type { Expected } from '../../api';
import { remaining } from './expected';
import type { ICell } from './notebook/cells';

const cell = (index: number, fields: Partial<ICell>): ICell =>
  ({ index, state: null, startedAt: null, ...fields }) as ICell;

describe('remaining', () => {
  const expected: Expected = { job: 'former', cells: { 0: 10, 1: 20 }, duration_s: 32 };

  it('is what the running cell and those behind it usually take', () => {
    const cells = [cell(0, { state: 'running', startedAt: 100 }), cell(1, { state: 'pending' })];
    expect(remaining(cells, expected, 104)).toBe(26);
    expect(remaining(cells, expected, 150)).toBe(20);
  });

  it('says nothing where there is nothing to say', () => {
    expect(remaining([cell(7, { state: 'pending' })], expected, 0)).toBeNull();
    expect(remaining([cell(0, { state: 'completed' })], expected, 0)).toBeNull();
  });
});
