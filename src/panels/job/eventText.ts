// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import { shortDuration } from './duration';
import type { Describe } from './log/model';

/** What the executor tells, in words for the log. */
export const describeIn =
  (trans: TranslationBundle): Describe =>
  event => {
    switch (event.type) {
      case 'executor_started':
        return trans.__('The executor has started');
      case 'kernel_started':
        return event.kernel_name
          ? trans.__('The kernel %1 has started', event.kernel_name)
          : trans.__('The command has started');
      case 'cell_started':
        return event.cell < 0 ? trans.__('The parameters are set') : trans.__('Cell %1 has started', event.cell + 1);
      case 'cell_finished':
        if (event.cell < 0) return null;
        return event.state === 'failed'
          ? trans.__('Cell %1 has failed after %2', event.cell + 1, shortDuration(event.duration_s, trans))
          : trans.__('Cell %1 is done after %2', event.cell + 1, shortDuration(event.duration_s, trans));
      case 'ended':
        return event.cause?.message ?? trans.__('The job has ended');
      default:
        return null;
    }
  };
