// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useState } from 'react';

/** Return the seconds since a time, updated every second in the first minute and then every 30 seconds. */
export function useAge(time: string): number {
  const [now, setNow] = useState(() => Date.now());
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  const young = seconds < 60;
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), young ? 1_000 : 30_000);
    return () => window.clearInterval(timer);
  }, [young]);
  return seconds;
}
