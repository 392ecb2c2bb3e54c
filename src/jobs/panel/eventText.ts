// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import { placeTitle } from '../placeText';
import { shortDuration } from './duration';
import type { Describe } from './run/state';

/** Return the text for events of the executor in the log. */
export const describeEvents =
  (trans: TranslationBundle): Describe =>
  (event, placeOf) => {
    switch (event.type) {
      case 'executor_started':
        return trans.__('Executor started');
      case 'kernel_started':
        return event.kernel_name ? trans.__('Kernel %1 started', event.kernel_name) : trans.__('Command started');
      case 'cell_started':
        return event.cell < 0
          ? trans.__('Parameters set')
          : trans.__('%1 started', placeTitle(placeOf(event.cell), trans));
      case 'cell_finished':
        if (event.cell < 0 || event.state === 'skipped') return null;
        return event.state === 'failed'
          ? trans.__(
              '%1 failed after %2',
              placeTitle(placeOf(event.cell), trans),
              shortDuration(event.duration_s, trans)
            )
          : trans.__(
              '%1 completed after %2',
              placeTitle(placeOf(event.cell), trans),
              shortDuration(event.duration_s, trans)
            );
      case 'ended':
        return event.cause?.message ?? trans.__('Job ended');
      default:
        return null;
    }
  };
