// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ISignal } from '@lumino/signaling';
import { useCallback, useSyncExternalStore } from 'react';

/** What `read` returns, read again whenever `signal` is emitted. It has to return the same thing while nothing changed. */
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
