// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ISignal } from '@lumino/signaling';
import { useCallback, useSyncExternalStore } from 'react';

/** Return what `read` returns, again on each `signal`. `read` must return the same object while nothing has changed. */
export function useSignalValue<T>(signal: ISignal<unknown, unknown>, read: () => T): T {
  const subscribe = useCallback(
    (notify: () => void) => {
      signal.connect(notify);
      return () => void signal.disconnect(notify);
    },
    [signal]
  );
  return useSyncExternalStore(subscribe, read);
}
