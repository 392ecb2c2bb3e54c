// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { useNow } from './useNow';

describe('useNow', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
  afterEach(() => void vi.useRealTimers());

  it('is updated at intervals, and at once when it is resumed', () => {
    const { result, rerender } = renderHook(({ interval }) => useNow(interval), {
      initialProps: { interval: null as number | null }
    });
    act(() => void vi.advanceTimersByTime(5_000));
    expect(result.current).toBe(1_000);
    rerender({ interval: 1_000 });
    expect(result.current).toBe(6_000);
    act(() => void vi.advanceTimersByTime(2_000));
    expect(result.current).toBe(8_000);
    rerender({ interval: null });
    act(() => void vi.advanceTimersByTime(5_000));
    expect(result.current).toBe(8_000);
  });
});
