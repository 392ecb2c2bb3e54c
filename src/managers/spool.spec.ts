import { describe, expect, it, vi } from 'vitest';

import type { SpoolEvent, SpoolPart } from '../api';
import { fakeServer, Refusal } from '../testing/server';
import { Spool } from './spool';

const log = (text: string): SpoolEvent => ({ type: 'log', time: 0, name: 'stdout', text });

describe('Spool', () => {
  it('reads part after part from the beginning, then what is new', async () => {
    const lines = ['a', 'b', 'c'];
    const { api } = fakeServer(({ query }): SpoolPart => {
      const offset = Number(query.get('offset'));
      const events = lines.slice(offset, offset + 1).map(log);
      return { attempt: 2, events, shortened: [], offset: offset + events.length, complete: false };
    });
    const spool = new Spool(api, 'a', 2);
    const told: number[] = [];
    spool.appended.connect((_, events) => told.push(events.length));
    await vi.waitFor(() => expect(spool.caughtUp).toBe(true));
    expect(spool.events).toEqual(['a', 'b', 'c'].map(log));
    lines.push('d');
    await spool.more();
    expect(spool.events).toHaveLength(4);
    expect(told).toEqual([1, 1, 1, 0, 1, 0]);
  });

  it('remembers which outputs were shortened, by their place in all events', async () => {
    const { api } = fakeServer(({ query }): SpoolPart => {
      const first = query.get('offset') === '0';
      const shortened = first
        ? []
        : [{ index: 0, offset: 5, size_bytes: 9_000_000, position: null, lines: 0, unfinished: false }];
      return { attempt: 1, events: [log('x')], shortened, offset: first ? 5 : 9, complete: !first };
    });
    const spool = new Spool(api, 'a', 1);
    await vi.waitFor(() => expect(spool.caughtUp).toBe(true));
    expect([...spool.shortened]).toEqual([
      [1, { index: 0, offset: 5, size_bytes: 9_000_000, position: null, lines: 0, unfinished: false }]
    ]);
  });

  it('tells an error and goes on where it was', async () => {
    let away = true;
    const { api } = fakeServer((): SpoolPart => {
      if (away) throw new Refusal(503, 'unavailable', 'busy');
      return { attempt: 1, events: [log('x')], shortened: [], offset: 3, complete: true };
    });
    const spool = new Spool(api, 'a', 1);
    await vi.waitFor(() => expect(spool.error?.message).toBe('busy'));
    expect(spool.caughtUp).toBe(false);
    away = false;
    await spool.more();
    expect(spool.error).toBeNull();
    expect(spool.events).toHaveLength(1);
  });
});
