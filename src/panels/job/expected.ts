import type { ApiClient, Job } from '../../api';
import type { ICell } from './notebook/cells';

const CANDIDATES = 50;
const MAX_PARTS = 8;

/** How long the cells of a notebook took the last time, in seconds by their index. */
export type Expected = ReadonlyMap<number, number>;

/** What the last completed job with the same notebook teaches; null where there was none. */
export async function findExpected(api: ApiClient, job: Job): Promise<Expected | null> {
  if (job.spec?.type !== 'notebook') return null;
  const { notebook } = job.spec;
  const { items } = await api.listJobs({
    states: ['Completed'],
    types: ['notebook'],
    experiment_name: job.experiment_name,
    limit: CANDIDATES
  });
  const former = items.find(each => each.spec?.type === 'notebook' && each.spec.notebook === notebook);
  return former && former.name !== job.name ? durations(api, former) : null;
}

async function durations(api: ApiClient, { name, attempt }: Job): Promise<Expected> {
  const found = new Map<number, number>();
  let offset = 0;
  for (let count = 0; count < MAX_PARTS; count++) {
    const part = await api.getSpool(name, { attempt, offset });
    for (const event of part.events) {
      if (event.type === 'cell_finished') found.set(event.cell, event.duration_s);
    }
    if (part.complete || part.offset === offset) break;
    offset = part.offset;
  }
  return found;
}

/** Seconds that are left by what was learned; null where that is too little to say. */
export function remaining(cells: readonly ICell[], expected: Expected, nowS: number): number | null {
  let sum = 0;
  for (const { index, state, startedAt } of cells) {
    const usual = expected.get(index);
    if (state === 'pending') sum += usual ?? 0;
    else if (state === 'running') sum += Math.max(0, (usual ?? 0) - (nowS - (startedAt ?? nowS)));
  }
  return sum >= 1 ? sum : null;
}
