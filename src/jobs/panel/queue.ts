// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Throttler } from '@lumino/polling';
import { useEffect, useState } from 'react';

import type { Job } from '../../api';
import { isActive, STATES } from '../state';
import type { IJobManager } from '../tokens';

const EXAMINED = 200;
const EVERY_MS = 2_000;
const PRIORITIES: readonly Job['priority'][] = ['high', 'medium', 'low'];

/** Why a job waits. */
export interface IWait {
  /** The position among the jobs that wait for the same compute, from 1. */
  place: number;
  /** How many jobs the compute runs. */
  running: number;
  /** When the job is expected to start; null if the duration of a running job is not known. */
  startsAt: string | null;
}

/** Return why a queued job waits; null if too many jobs wait to know. */
export function waitOf(job: Job, queued: readonly Job[], running: readonly Job[]): IWait | null {
  const here = queued
    .filter(({ compute }) => compute === job.compute)
    .sort((left, right) => PRIORITIES.indexOf(left.priority) - PRIORITIES.indexOf(right.priority));
  const index = here.findIndex(({ name }) => name === job.name);
  if (index < 0) return null;
  const others = running.filter(({ compute }) => compute === job.compute);
  const ends = others.flatMap(({ eta_at }) => eta_at ?? []).sort();
  return {
    place: index + 1,
    running: others.length,
    startsAt: ends.length === others.length ? (ends[index] ?? null) : null
  };
}

/** Return why a job waits, while it does; it is read again when the state of any job changes. */
export function useWait(jobs: IJobManager, job: Job): IWait | null {
  const [wait, setWait] = useState<IWait | null>(null);
  const { name, state } = job;
  useEffect(() => {
    if (state !== 'Queued') return;
    let isShown = true;
    const list = async (states: Job['state'][]): Promise<Job[]> => {
      const query = { states, descending: false, limit: EXAMINED };
      return (await jobs.api.get('/jobs', { params: { query } })).items;
    };
    const read = async (): Promise<void> => {
      const found = await Promise.all([list(['Queued']), list(STATES.filter(isActive))]).catch(() => null);
      const known = jobs.peek(name);
      if (isShown) setWait(found && known ? waitOf(known, ...found) : null);
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
  return state === 'Queued' ? wait : null;
}
