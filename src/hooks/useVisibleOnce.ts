// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

/**
 * Return whether an element has been near the viewport; expensive rendering is deferred until then.
 *
 * @param scroller - A selector of the scrolling ancestor.
 * @param margin - The distance in pixels that counts as near.
 */
export function useVisibleOnce<E extends HTMLElement>(scroller: string, margin: number): [RefObject<E>, boolean] {
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
