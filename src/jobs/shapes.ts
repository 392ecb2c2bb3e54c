// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Shape } from './state';

const CIRCLE = 'M3 8a5 5 0 1 0 10 0a5 5 0 1 0-10 0';

/** The paths of the icons of states, in a square of 16. */
export const PATHS: Record<Shape, { path: string; filled?: boolean; track?: string }> = {
  queued: { path: CIRCLE },
  running: { path: 'M8 3a5 5 0 0 1 5 5', track: CIRCLE },
  completed: { path: CIRCLE, filled: true },
  failed: { path: 'M4 4l8 8M12 4l-8 8' },
  canceled: { path: 'M3 8h10' },
  silent: { path: 'M8 3l5.5 10h-11zM8 7v2.5M8 11.4v.2' }
};
