// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it, vi } from 'vitest';

import { StackedRows } from './stacked';
import type { IListQuery, IRowWindow } from './tokens';
import { RowWindow } from './window';

interface IRow {
  name: string;
}
interface IQuery extends IListQuery {
  kind?: string;
}

describe('StackedRows', () => {
  const stored: Record<string, string[]> = { a: ['a0'], b: ['b0', 'b1', 'b2', 'b3'], c: ['c0', 'c1'] };
  const queries: IQuery[] = [];

  const make = async (): Promise<StackedRows<IRow, IQuery>> => {
    queries.length = 0;
    const rows = new StackedRows<IRow, IQuery>(
      Object.keys(stored).map(kind => ({
        rows: new RowWindow<IRow, IQuery>(query => {
          queries.push(query);
          const items = stored[query.kind ?? ''].map(name => ({ name }));
          return Promise.resolve({ items, total: items.length });
        }, {}),
        query: { kind },
        limit: kind === 'b' ? 2 : undefined
      }))
    );
    expect(rows.total).toBeNull();
    rows.show(0, 0);
    await vi.waitFor(() => expect(rows.total).not.toBeNull());
    return rows;
  };
  const names = (rows: IRowWindow<IRow, IQuery>): unknown[] =>
    Array.from({ length: rows.total ?? 0 }, (_, index) => rows.row(index)?.name);

  it('is one list of all parts, of which one is shortened', async () => {
    const rows = await make();
    expect(names(rows)).toEqual(['a0', 'b0', 'b1', 'c0', 'c1']);
    expect(['a0', 'b1', 'b3', 'c1', 'x'].map(name => rows.indexOf(name))).toEqual([0, 2, -1, 4, -1]);
    rows.setLimit(1, undefined);
    expect(names(rows)).toEqual(['a0', 'b0', 'b1', 'b2', 'b3', 'c0', 'c1']);
    expect(rows.row(7)).toBeUndefined();
  });

  it('passes a query to all parts, and keeps the part of each', async () => {
    const rows = await make();
    rows.setQuery({ filter: 'x' });
    await vi.waitFor(() => expect(queries).toHaveLength(6));
    expect(queries.slice(3).map(({ filter, kind }) => [filter, kind])).toEqual([
      ['x', 'a'],
      ['x', 'b'],
      ['x', 'c']
    ]);
    expect(rows.query).toEqual({ filter: 'x' });
  });

  it('returns the same rows around a row while they have not changed', async () => {
    const rows = await make();
    const around = rows.around(0);
    expect(around.map(({ name }) => name)).toEqual(['a0', 'b0', 'b1', 'b2', 'b3', 'c0', 'c1']);
    expect(rows.around(3)).toBe(around);
    rows.refresh();
    await vi.waitFor(() => expect(rows.around(0)).not.toBe(around));
  });

  it('shows a row that has moved to another part once', async () => {
    const stored: Record<string, (IRow & { kind: string })[]> = { a: [{ name: 'x', kind: 'a' }], b: [] };
    const [a, b] = ['a', 'b'].map(kind => ({
      rows: new RowWindow<IRow & { kind: string }, IQuery>(
        () => Promise.resolve({ items: stored[kind], total: stored[kind].length }),
        {}
      ),
      query: { kind },
      holds: (row: { kind: string }) => row.kind === kind
    }));
    const rows = new StackedRows([a, b]);
    rows.show(0, 0);
    await vi.waitFor(() => expect(names(rows)).toEqual(['x']));
    Object.assign(stored, { a: [], b: [{ name: 'x', kind: 'b' }] });
    a.rows.update('x', row => ({ ...row, kind: 'b' }));
    expect(names(rows)).toEqual(['x']); // the other part was not fetched yet
    b.rows.refresh();
    await vi.waitFor(() => expect(names(rows)).toEqual([undefined, 'x']));
    expect(rows.indexOf('x')).toBe(1);
    a.rows.refresh();
    await vi.waitFor(() => expect(names(rows)).toEqual(['x']));
  });
});
