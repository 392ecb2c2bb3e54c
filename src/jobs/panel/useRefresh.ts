// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef } from 'react';
import type { RefObject } from 'react';

const INTERVAL_MS = 5_000;

/** Refresh what no event announces, e.g. artifacts, while an element is visible; never while `refresh` is null. */
export function useRefresh(element: RefObject<HTMLElement>, refresh: (() => void) | null): void {
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  });
  const isActive = refresh !== null;
  useEffect(() => {
    if (!isActive) return;
    const timer = window.setInterval(() => {
      if (element.current?.offsetHeight && !document.hidden) latest.current?.();
    }, INTERVAL_MS);
    return () => {
      window.clearInterval(timer);
      latest.current = null;
    };
  }, [element, isActive]);
}
