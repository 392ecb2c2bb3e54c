// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it, vi } from 'vitest';

import { ApiError } from '../api';
import type { Page } from '../api';
import type { IListQuery } from './tokens';
import { RowWindow } from './window';

interface IRow {
  name: string;
  text?: string;
}

const numbered =
  (count: number) =>
  (query: IListQuery): Promise<Page<IRow>> => {
    const { limit = 0, offset = 0, filter = '' } = query;
    const length = Math.max(0, Math.min(limit, count - offset));
    return Promise.resolve({
      items: Array.from({ length }, (_, i) => ({ name: `${filter}${offset + i}` })),
      total: count
    });
  };

describe('RowWindow', () => {
  it('fetches nothing before rows are visible', async () => {
    const fetch = vi.fn(numbered(10));
    const rows = new RowWindow(fetch, {});
    rows.refresh();
    rows.setQuery({ filter: 'a' });
    await Promise.resolve();
    expect(fetch).not.toHaveBeenCalled();
    expect(rows.total).toBeNull();
  });

  it('fetches each visible page once', async () => {
    const fetch = vi.fn(numbered(100_000));
    const rows = new RowWindow(fetch, {});
    rows.show(0, 30);
    rows.show(5, 35);
    rows.show(50_090, 50_110);
    await vi.waitFor(() => expect(rows.row(50_110)).toEqual({ name: '50110' }));
    expect(rows.total).toBe(100_000);
    expect(rows.row(200)).toBeUndefined();
    expect(rows.indexOf('50110')).toBe(50_110);
    expect(fetch.mock.calls.map(([query]) => query.offset)).toEqual([0, 50_000, 50_100]);
  });

  it('keeps a limited number of pages', async () => {
    const rows = new RowWindow(numbered(100_000), {});
    for (let page = 0; page < 60; page++) {
      rows.show(page * 100, page * 100);
      await vi.waitFor(() => expect(rows.row(page * 100)).toBeDefined(), { interval: 1 });
    }
    const kept = Array.from({ length: 6_000 }, (_, index) => rows.row(index)).filter(Boolean);
    expect(kept.length).toBeLessThanOrEqual(2_000);
  });

  it('keeps rows until the response to a new query', async () => {
    const rows = new RowWindow(numbered(300), {});
    rows.show(0, 250);
    await vi.waitFor(() => expect(rows.row(250)).toBeDefined());
    rows.setQuery({ filter: 'a' });
    expect(rows.row(0)).toEqual({ name: '0' });
    await vi.waitFor(() => expect(rows.row(0)).toEqual({ name: 'a0' }));
    expect(rows.row(250)).toBeUndefined();
  });

  it('ignores a late response to an earlier query', async () => {
    let late: (page: Page<IRow>) => void = () => undefined;
    const rows = new RowWindow<IRow>(
      query => (query.filter === 'slow' ? new Promise(resolve => (late = resolve)) : numbered(1)(query)),
      { filter: 'slow' }
    );
    rows.show(0, 0);
    rows.setQuery({ filter: 'fast' });
    await vi.waitFor(() => expect(rows.row(0)).toEqual({ name: 'fast0' }));
    late({ items: [{ name: 'slow0' }], total: 1 });
    await Promise.resolve();
    expect(rows.row(0)).toEqual({ name: 'fast0' });
  });

  it('shows responses while changes arrive faster than they do', async () => {
    const waiting: (() => void)[] = [];
    const rows = new RowWindow<IRow>(
      query => new Promise(resolve => waiting.push(() => void numbered(3)(query).then(resolve))),
      {}
    );
    rows.show(0, 0);
    rows.refresh();
    waiting[0]();
    await vi.waitFor(() => expect(rows.total).toBe(3));
  });

  it('fetches once for many changes', async () => {
    const fetch = vi.fn(numbered(10));
    const rows = new RowWindow(fetch, {});
    rows.show(0, 9);
    await vi.waitFor(() => expect(rows.total).toBe(10));
    for (let change = 0; change < 50; change++) rows.scheduleRefresh();
    await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(2));
  });

  it('replaces a row and emits changed', async () => {
    const rows = new RowWindow<IRow>(numbered(10), {});
    rows.show(0, 9);
    await vi.waitFor(() => expect(rows.total).toBe(10));
    const changed = vi.fn();
    rows.changed.connect(changed);
    expect(rows.update('4', row => ({ ...row, text: 'new' }))).toEqual({ name: '4', text: 'new' });
    expect(rows.row(4)?.text).toBe('new');
    expect(rows.update('11', row => row)).toBeUndefined();
    expect(changed).toHaveBeenCalledTimes(1);
  });

  it('reports an error, keeps its rows, and clears the error after success', async () => {
    const fetch = vi.fn(numbered(10));
    const rows = new RowWindow(fetch, {});
    rows.show(0, 9);
    await vi.waitFor(() => expect(rows.total).toBe(10));
    fetch.mockRejectedValueOnce(new ApiError('away', 'unreachable'));
    rows.refresh();
    await vi.waitFor(() => expect(rows.error?.message).toBe('away'));
    expect(rows.row(3)).toEqual({ name: '3' });
    rows.refresh();
    await vi.waitFor(() => expect(rows.error).toBeNull());
  });

  it('ignores a late error of an earlier query, and a late total of a page that is not visible', async () => {
    const waiting = new Map<string, { done: (page: Page<IRow>) => void; fail: (reason: unknown) => void }>();
    const rows = new RowWindow<IRow>(
      ({ filter, offset }) => new Promise((done, fail) => waiting.set(`${filter ?? ''}${offset}`, { done, fail })),
      { filter: 'wrong' }
    );
    rows.show(0, 100);
    rows.setQuery({ filter: 'right' });
    rows.show(0, 100);
    rows.refresh();
    const late = waiting.get('right100')!;
    rows.show(0, 0);
    rows.refresh();
    waiting.get('right0')!.done({ items: [{ name: 'a' }], total: 101 });
    await vi.waitFor(() => expect(rows.total).toBe(101));
    late.done({ items: [{ name: 'b' }], total: 102 });
    await vi.waitFor(() => expect(rows.row(100)?.name).toBe('b'));
    expect(rows.total).toBe(101);
    waiting.get('wrong0')!.fail(new ApiError('unknown key', 'invalid_input'));
    await new Promise(done => setTimeout(done));
    expect(rows.error).toBeNull();
  });
});
