// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ISignal } from '@lumino/signaling';
import { useCallback, useRef, useSyncExternalStore } from 'react';

/** Render again on each `signal`, for objects that change in place; return how often it was emitted. */
export function useVersion(signal: ISignal<unknown, unknown>): number {
  const version = useRef(0);
  const subscribe = useCallback(
    (notify: () => void) => {
      const onChanged = (): void => {
        version.current++;
        notify();
      };
      signal.connect(onChanged);
      return () => void signal.disconnect(onChanged);
    },
    [signal]
  );
  return useSyncExternalStore(subscribe, () => version.current);
}
