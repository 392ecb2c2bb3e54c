import { describe, expect, it } from 'vitest';

import type { Job } from '../../api';
import { makeJob } from '../../testing/jobs';
import { fakeServer } from '../../testing/server';
import { findExpected, remaining } from './expected';
import type { ICell } from './notebook/cells';

const job = (name: string, notebook: string): Job =>
  makeJob(name, { attempt: 2, spec: { type: 'notebook', notebook } as Job['spec'] });
const cell = (index: number, fields: Partial<ICell>): ICell =>
  ({ index, state: null, startedAt: null, ...fields }) as ICell;

describe('findExpected', () => {
  const { api, asked } = fakeServer(({ path, query }) => {
    if (path === '/jobs') return { items: [job('x', 'other.ipynb'), job('y', 'a.ipynb')], total: 2 };
    const last = query.get('offset') === '5';
    const event = { type: 'cell_finished', time: 1, cell: last ? 1 : 0, state: 'completed', duration_s: last ? 4 : 2 };
    return { attempt: 2, events: [event], shortened: [], offset: last ? 9 : 5, complete: last };
  });

  it('learns from the last job with the same notebook', async () => {
    expect(await findExpected(api, job('z', 'a.ipynb'))).toEqual(
      new Map([
        [0, 2],
        [1, 4]
      ])
    );
    expect(asked.filter(each => each.includes('/jobs/y/spool'))).toHaveLength(2);
  });

  it('learns nothing where there is none', async () => {
    expect(await findExpected(api, job('z', 'new.ipynb'))).toBeNull();
    expect(await findExpected(api, makeJob('z'))).toBeNull();
  });
});

describe('remaining', () => {
  const expected = new Map([
    [0, 10],
    [1, 20]
  ]);

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
