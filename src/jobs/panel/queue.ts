// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import { Throttler } from '@lumino/polling';
import { useEffect, useState } from 'react';

import { RequestOrder } from '../../api';
import type { Job, QueuePosition } from '../../api';
import { formatBytes, formatEstimate } from '../../components';
import type { IJobManager } from '../tokens';

type Shortage = NonNullable<QueuePosition['waits_for']>;

const EVERY_MS = 2_000;

/** Return the position of a job in the queue, while it waits; it is read again when the state of any job changes. */
export function useQueuePosition(jobs: IJobManager, job: Job): QueuePosition | null {
  const [position, setPosition] = useState<QueuePosition | null>(null);
  const { name, state } = job;
  useEffect(() => {
    if (state !== 'Queued') return;
    let isShown = true;
    const order = new RequestOrder();
    const read = async (): Promise<void> => {
      const isNewest = order.next();
      const found = await jobs.api.get('/jobs/{name}/queue', { params: { path: { name } } }).catch(() => null);
      if (isShown && isNewest()) setPosition(found);
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

/** Return the place in the queue, what the job waits for, and when it is expected to start. */
export function queueText(queue: QueuePosition, compute: string | null, now: number, trans: TranslationBundle): string {
  const { position, running, message, waits_for: lacking, without_history: isNew, overdue, estimates } = queue;
  const startsAt = lacking ? null : queue.starts_at;
  const parts = [
    trans.__('#%1 in the queue', position),
    lacking && shortageText(lacking, trans),
    startsAt && trans.__('starts after %1 in ~%2', blockers(queue, trans), startText(queue, now)),
    startsAt && estimates > 0 && trans.__('%1 of the last %2 estimates were right', queue.right_estimates, estimates),
    !startsAt &&
      !lacking &&
      running > 0 &&
      trans._n('waits for the job that runs on %2', 'waits for %1 jobs that run on %2', running, compute),
    message && trans.__('waits for a node of %1: %2', compute, message),
    isNew && trans.__('start not known: no job like %1 has completed there yet', isNew),
    overdue && trans.__('start not known: %1 takes longer than all jobs like it', overdue)
  ];
  return parts.filter(Boolean).join(' · ');
}

/** What of the compute the first job lacks. */
function shortageText({ resource, needed, free }: Shortage, trans: TranslationBundle): string {
  if (resource === 'nodes') return trans.__('waits for nodes: it needs %1, free: %2', needed, free);
  return resource === 'gpus'
    ? trans.__('waits for GPUs: it needs %1, free: %2', needed, free)
    : trans.__('waits for memory: it needs about %1, free: %2', formatBytes(needed), formatBytes(free));
}

/** The first jobs that a job waits for, and the number of the others. */
function blockers({ after, position }: QueuePosition, trans: TranslationBundle): string {
  const others = (position ?? 0) - after.length;
  const names = others > 0 ? [...after, trans._n('%1 other', '%1 others', others)] : after;
  return names.length < 2
    ? names.join('')
    : trans.__('%1 and %2', names.slice(0, -1).join(', '), names[names.length - 1]);
}

/** The likeliest time until a job starts, with the range if that differs. */
function startText({ starts_at, earliest_at, latest_at }: QueuePosition, now: number): string {
  const [likely, ...range] = [starts_at, earliest_at, latest_at].map(
    time => time && formatEstimate(Math.max(0, Date.parse(time) - now) / 1000)
  );
  const [shortest, longest] = range;
  return shortest && longest && shortest !== longest ? `${likely} (${shortest} – ${longest})` : `${likely}`;
}
