// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeStream } from '../testing/stream';

describe('Feed', () => {
  let stream: FakeStream;
  const stale = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }); // frames of jsdom would stand still for good
    stale.mockReset();
    stream = new FakeStream();
    stream.feed.stale.connect(stale);
  });

  afterEach(() => {
    stream.feed.dispose();
    vi.useRealTimers();
  });

  it('emits events by kind, and ignores other schemas', () => {
    const [job, eventLog] = [vi.fn(), vi.fn()];
    stream.feed.changed<{ name: string }>('job').connect((_, event) => job(event.name));
    stream.feed.changed<{ name: string }>('job_progress').connect((_, event) => eventLog(event.name));
    stream.emit('job', { name: 'a' });
    stream.emit('job_progress', { name: 'b' });
    stream.emit('job', { name: 'c', schema_id: 'https://events.jupyter.org/contents_service/v1' });
    expect(job.mock.calls).toEqual([['a']]);
    expect(eventLog.mock.calls).toEqual([['b']]);
  });

  it('does not poll while the stream is connected', async () => {
    stream.open();
    stale.mockReset();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(stale).not.toHaveBeenCalled();
    expect(stream.feed.live).toBe(true);
  });

  it('polls while the stream is disconnected, and fetches once after reconnecting', async () => {
    stream.open();
    stream.close();
    expect(stream.feed.live).toBe(false);
    stale.mockReset();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(stale.mock.calls.length).toBeGreaterThanOrEqual(3);
    stale.mockReset();
    stream.open();
    expect(stale).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stale).toHaveBeenCalledTimes(1);
  });

  it('polls if the stream cannot connect', async () => {
    expect(stream.feed.live).toBe(true);
    stream.close();
    expect(stream.feed.live).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(stale).toHaveBeenCalledTimes(1);
  });

  it('emits nothing after it was disposed', async () => {
    stream.open();
    stream.feed.dispose();
    stream.close();
    stale.mockReset();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stale).not.toHaveBeenCalled();
  });
});
