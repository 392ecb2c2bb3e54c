import { describe, expect, it } from 'vitest';

import type { Expected } from '../api';
import { makeJob } from '../testing/jobs';
import { timeLeft } from './state';

describe('timeLeft', () => {
  const expected: Expected = { job: 'former', cells: { 0: 10, 1: 20, 2: 5 }, duration_s: 37 };
  const left = (cell: number | null, seconds: number, of = expected): number | null => {
    const progress = { cells_done: 0, cells_total: 3, cell, left_s: null };
    const job = makeJob('a', { state: 'Running', started_at: '2026-01-02T03:04:05Z', progress });
    return timeLeft(job, of, Date.parse('2026-01-02T03:04:05Z') + seconds * 1_000);
  };

  it.each([
    ['what the former run took, less the time since the start', 1, 17, 20],
    ['at least what lies behind the running cell', 1, 90, 5],
    ['at most that and the running cell', 1, 1, 25],
    ['nothing where less than a second is left', 2, 90, null],
    ['nothing between cells', null, 17, null]
  ])('is %s', (_, cell, seconds, wanted) => expect(left(cell, seconds)).toBe(wanted));

  it('is nothing where nothing is known', () => {
    expect(left(1, 17, { job: null, cells: {}, duration_s: null })).toBeNull();
    expect(timeLeft(makeJob('a'), expected, 0)).toBeNull();
  });
});
