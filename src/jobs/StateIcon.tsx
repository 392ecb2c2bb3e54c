// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { JobState } from '../api';
import { useTrans } from '../hooks';
import { PATHS } from './shapes';
import { shapeOf, stateText } from './state';

/** An icon for the state of a job; its colour is redundant with its shape. */
export function StateIcon({ state }: { state: JobState }): JSX.Element {
  const shape = shapeOf(state);
  const text = stateText(state, useTrans());
  const { path, filled, track } = PATHS[shape];
  return (
    <svg className={`jp-MLStateIcon jp-mod-${shape}`} viewBox="0 0 16 16" role="img" aria-label={text}>
      <title>{text}</title>
      {track && <path d={track} className="jp-MLStateIcon-track" />}
      <path d={path} className={filled ? 'jp-MLStateIcon-filled' : undefined} />
    </svg>
  );
}
