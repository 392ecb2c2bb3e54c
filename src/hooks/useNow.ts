// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useState } from 'react';

/** Return the time in milliseconds, updated every `interval`, or never while `interval` is null. */
export function useNow(interval: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (interval === null) return;
    const tick = (): void => setNow(Date.now());
    tick(); // the last value may be old
    const timer = window.setInterval(tick, interval);
    return () => window.clearInterval(timer);
  }, [interval]);
  return now;
}
