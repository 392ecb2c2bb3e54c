// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import { formatDuration } from '../../components';

/** Format the duration of a cell, in milliseconds if it is short. */
export function shortDuration(seconds: number, trans: TranslationBundle): string {
  return seconds < 0.1 ? trans.__('%1 ms', Math.round(Math.max(0, seconds) * 1000)) : formatDuration(seconds);
}
