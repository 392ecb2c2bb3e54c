/** What browsers have and jsdom has not. */
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

class ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

Object.assign(globalThis, {
  DragEvent: class extends MouseEvent {},
  ResizeObserver,
  IS_REACT_ACT_ENVIRONMENT: true,
  matchMedia: () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined })
});

// a list of rows is as high as this
Object.defineProperty(HTMLElement.prototype, 'offsetHeight', { configurable: true, value: 240 });
Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { configurable: true, value: 300 });

afterEach(cleanup);
