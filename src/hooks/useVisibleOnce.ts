// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

/**
 * Whether an element was near the screen once; what is costly to draw waits for it.
 *
 * @param scroller - A selector of what the element is scrolled in.
 * @param margin - How near, in pixels.
 */
export function useSeen<E extends HTMLElement>(scroller: string, margin: number): [RefObject<E>, boolean] {
  const node = useRef<E>(null);
  const [seen, setSeen] = useState(() => typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    if (seen || !node.current) return;
    const observer = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && setSeen(true), {
      root: node.current.closest(scroller),
      rootMargin: `${margin}px`
    });
    observer.observe(node.current);
    return () => observer.disconnect();
  }, [seen, scroller, margin]);
  return [node, seen];
}
