// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Job, JobQuery } from '../api';
import { StackedRows } from '../resources';
import type { IRowWindow, IStackedPart } from '../resources';
import { shapeOf, STATES } from './state';
import type { IJobManager } from './tokens';

/** The number of queued jobs that are shown until the user asks for all. */
export const FEW = 3;

const QUEUED = 1;

/** All jobs in the order of a list: those that run, those that wait in the order of the queue, and those that have ended. */
export class JobRows extends StackedRows<Job, JobQuery> {
  static async create(jobs: IJobManager): Promise<JobRows> {
    return new JobRows(await jobs.window(), await jobs.window(), await jobs.window());
  }

  private constructor(
    private readonly _running: IRowWindow<Job, JobQuery>,
    private readonly _queued: IRowWindow<Job, JobQuery>,
    ended: IRowWindow<Job, JobQuery>
  ) {
    super([
      { rows: _running, ...withShapes('running', 'silent') },
      { rows: _queued, ...withShapes('queued'), limit: FEW },
      { rows: ended, ...withShapes('completed', 'failed', 'canceled') }
    ]);
  }

  /** The number of jobs that wait. */
  get queued(): number {
    return this._queued.total ?? 0;
  }

  /** Whether all jobs that wait are shown. */
  get expanded(): boolean {
    return this._expanded;
  }

  setExpanded(expanded: boolean): void {
    this._expanded = expanded;
    this.setLimit(QUEUED, expanded ? undefined : FEW);
  }

  /** Return the place of a job in the queue, from 1; null if it is not known. */
  place({ name, priority }: Job): number | null {
    if (this.query.filter) return null; // others may be before it
    const index = this._queued.indexOf(name);
    for (let before = 0; before < index; before++) {
      if (this._queued.row(before)?.priority !== priority) return null; // a job with a higher priority starts first
    }
    return index < 0 ? null : index + 1;
  }

  /** Return when the job at a place in the queue is expected to start; null if that is not known. */
  startsAt(place: number): string | null {
    const ends = this._running.around(0).map(({ eta_at }) => eta_at);
    if (ends.length !== this._running.total || ends.some(end => end === null)) return null;
    return ends.sort()[place - 1] ?? null;
  }

  private _expanded = false;
}

function withShapes(...shapes: ReturnType<typeof shapeOf>[]): Omit<IStackedPart<Job, JobQuery>, 'rows'> {
  const holds = ({ state }: Pick<Job, 'state'>): boolean => shapes.includes(shapeOf(state));
  const states = STATES.filter(state => holds({ state }));
  return { query: shapes.includes('queued') ? { states, descending: false } : { states }, holds };
}
