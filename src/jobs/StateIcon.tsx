// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { JobState } from '../api';
import { useTrans } from '../hooks';
import { shapeOf, stateText } from './state';
import type { Shape } from './state';

const PATHS: Record<Shape, JSX.Element> = {
  queued: <circle cx="8" cy="8" r="5" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5" className="jp-MLStateIcon-track" />
      <path d="M8 3a5 5 0 0 1 5 5" />
    </>
  ),
  completed: <circle cx="8" cy="8" r="5" className="jp-MLStateIcon-filled" />,
  failed: <path d="M4 4l8 8M12 4l-8 8" />,
  canceled: <path d="M3 8h10" />,
  silent: <path d="M8 3l5.5 10h-11zM8 7v2.5M8 11.4v.2" />
};

/** An icon for the state of a job; its colour is redundant with its shape. */
export function StateIcon({ state }: { state: JobState }): JSX.Element {
  const shape = shapeOf(state);
  const text = stateText(state, useTrans());
  return (
    <svg className={`jp-MLStateIcon jp-mod-${shape}`} viewBox="0 0 16 16" role="img" aria-label={text}>
      <title>{text}</title>
      {PATHS[shape]}
    </svg>
  );
}
