// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import { expect, it, vi } from 'vitest';

import { followKernels } from './kernels';

it('fetches the kernels again when an environment or a compute has changed', () => {
  const signals = new Map(['environment', 'compute', 'job'].map(kind => [kind, new Signal<object, object>({})]));
  const refreshSpecs = vi.fn().mockResolvedValue(undefined);
  followKernels({ changed: (kind: string) => signals.get(kind)! } as never, { refreshSpecs });
  for (const [number, kind] of ['environment', 'compute'].entries()) {
    signals.get(kind)!.emit({});
    expect(refreshSpecs).toHaveBeenCalledTimes(number + 1);
  }
  signals.get('job')!.emit({});
  expect(refreshSpecs).toHaveBeenCalledTimes(2);
});
