// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ComputeInfo as Compute } from '../api';

/** The compute that every workspace has. */
export const LOCAL = 'local';

/** Return a state in words. */
export function stateText(state: Compute['state'], trans: TranslationBundle): string {
  const words: Record<Compute['state'], string> = {
    Creating: trans.__('Creating'),
    Starting: trans.__('Starting'),
    Running: trans.__('Running'),
    Stopping: trans.__('Stopping'),
    Restarting: trans.__('Restarting'),
    Stopped: trans.__('Stopped'),
    Deleting: trans.__('Deleting'),
    Failed: trans.__('Failed')
  };
  return words[state];
}
