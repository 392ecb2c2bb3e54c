// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useState } from 'react';

/** The time in milliseconds, which moves on every `interval`; it stands still while `interval` is null. */
export function useNow(interval: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (interval === null) return;
    const tick = (): void => setNow(Date.now());
    tick(); // it may have stood still for long
    const timer = window.setInterval(tick, interval);
    return () => window.clearInterval(timer);
  }, [interval]);
  return now;
}
