import { useEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

const MARGIN = '1000px';

/** Whether an element was near the screen once; what is costly to draw waits for it. */
export function useSeen(): [RefObject<HTMLElement>, boolean] {
  const node = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState(() => typeof IntersectionObserver === 'undefined');
  useEffect(() => {
    if (seen || !node.current) return;
    const root = node.current.closest('.jp-MLNotebook');
    const observer = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) && setSeen(true), {
      root,
      rootMargin: MARGIN
    });
    observer.observe(node.current);
    return () => observer.disconnect();
  }, [seen]);
  return [node, seen];
}
