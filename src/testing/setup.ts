// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Browser APIs that jsdom does not have. */
import { cleanup, fireEvent } from '@testing-library/react';
import { afterAll, afterEach } from 'vitest';

import './deadlines';

class ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, {
  DragEvent: class extends MouseEvent {},
  ResizeObserver,
  IS_REACT_ACT_ENVIRONMENT: true,
  matchMedia: () =>
    Object.assign(new EventTarget(), { matches: false, addListener: () => undefined, removeListener: () => undefined }),
  requestIdleCallback: (act: () => void) => setTimeout(act),
  cancelIdleCallback: clearTimeout
});

HTMLCanvasElement.prototype.getContext = () => null; // there is nothing to draw on
// there is no layout; Chromium returns a promise
Object.assign(HTMLElement.prototype, { scrollIntoView: () => Promise.resolve() });

// the size of elements, for virtualized lists
for (const [side, value] of [
  ['Height', 240],
  ['Width', 300]
] as const) {
  Object.defineProperty(HTMLElement.prototype, `offset${side}`, { configurable: true, value });
  Object.defineProperty(HTMLElement.prototype, `client${side}`, { configurable: true, value });
}

afterEach(cleanup);
afterAll(() => {
  // the next file has the same document, to whose events an open menu listens
  for (const menu of document.querySelectorAll('.lm-Menu')) fireEvent.keyDown(menu, { key: 'Escape', keyCode: 27 });
  document.body.replaceChildren();
});
