// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Throttler } from '@lumino/polling';
import { useEffect, useState } from 'react';

import type { Job, QueuePosition } from '../../api';
import type { IJobManager } from '../tokens';

const EVERY_MS = 2_000;

/** Return the position of a job in the queue, while it waits; it is read again when the state of any job changes. */
export function useQueuePosition(jobs: IJobManager, job: Job): QueuePosition | null {
  const [position, setPosition] = useState<QueuePosition | null>(null);
  const { name, state } = job;
  useEffect(() => {
    if (state !== 'Queued') return;
    let isShown = true;
    const read = async (): Promise<void> => {
      const found = await jobs.api.get('/jobs/{name}/queue', { params: { path: { name } } }).catch(() => null);
      if (isShown) setPosition(found);
    };
    const throttler = new Throttler(read, { limit: EVERY_MS, edge: 'trailing' });
    const onChanged = (): void => void throttler.invoke();
    void read();
    jobs.stateChanged.connect(onChanged);
    return () => {
      isShown = false;
      jobs.stateChanged.disconnect(onChanged);
      throttler.dispose();
    };
  }, [jobs, name, state]);
  return state === 'Queued' ? position : null;
}
