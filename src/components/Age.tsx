// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useAge } from '../hooks';
import { formatMoment, formatSpan } from './format';

/** The time since an event, updated regularly; the exact time is the tooltip. */
export function Age({ time }: { time: string }): JSX.Element {
  return (
    <time className="jp-MLAge" dateTime={time} title={formatMoment(time)}>
      {formatSpan(useAge(time))}
    </time>
  );
}
