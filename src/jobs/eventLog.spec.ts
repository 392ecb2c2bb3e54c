// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it, vi } from 'vitest';

import type { AttemptEvent, EventLogPart } from '../api';
import { fakeServer, Refusal } from '../testing/server';
import { EventLog } from './eventLog';

const log = (text: string): AttemptEvent => ({ type: 'log', time: 0, name: 'stdout', text });

describe('EventLog', () => {
  it('reads all parts, then new events', async () => {
    const lines = ['a', 'b', 'c'];
    const { api } = fakeServer(({ query }): EventLogPart => {
      const offset = Number(query.get('offset'));
      const events = lines.slice(offset, offset + 1).map(log);
      return { attempt: 2, events, shortened: [], offset: offset + events.length, complete: false, problem: null };
    });
    const eventLog = new EventLog(api, 'a', 2);
    const emitted: number[] = [];
    eventLog.appended.connect((_, events) => emitted.push(events.length));
    await vi.waitFor(() => expect(eventLog.caughtUp).toBe(true));
    expect(eventLog.events).toEqual(['a', 'b', 'c'].map(log));
    lines.push('d');
    await eventLog.more();
    expect(eventLog.events).toHaveLength(4);
    expect(emitted).toEqual([1, 1, 1, 0, 1, 0]);
  });

  it('indexes shortened outputs across parts', async () => {
    const { api } = fakeServer(({ query }): EventLogPart => {
      const first = query.get('offset') === '0';
      const shortened = first
        ? []
        : [{ index: 0, offset: 5, size_bytes: 9_000_000, position: null, lines: 0, unfinished: false }];
      return { attempt: 1, events: [log('x')], shortened, offset: first ? 5 : 9, complete: !first, problem: null };
    });
    const eventLog = new EventLog(api, 'a', 1);
    await vi.waitFor(() => expect(eventLog.caughtUp).toBe(true));
    expect([...eventLog.shortened]).toEqual([
      [1, { index: 0, offset: 5, size_bytes: 9_000_000, position: null, lines: 0, unfinished: false }]
    ]);
  });

  it('reports an error, and continues from its offset', async () => {
    let away = true;
    const { api } = fakeServer((): EventLogPart => {
      if (away) throw new Refusal(503, 'unavailable', 'busy');
      return { attempt: 1, events: [log('x')], shortened: [], offset: 3, complete: true, problem: null };
    });
    const eventLog = new EventLog(api, 'a', 1);
    await vi.waitFor(() => expect(eventLog.error?.message).toBe('busy'));
    expect(eventLog.caughtUp).toBe(false);
    away = false;
    await eventLog.more();
    expect(eventLog.error).toBeNull();
    expect(eventLog.events).toHaveLength(1);
  });
});
