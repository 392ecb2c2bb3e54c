// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../../api';
import type { Job } from '../../../api';
import { isFinal } from '../../state';
import type { IJobManager } from '../../tokens';
import type { IRunMetrics } from './series';

const EVERY_MS = 1_000;

/** The part of the job manager that is used. */
export type MetricsSource = Pick<IJobManager, 'api' | 'changed' | 'peek'>;

/** The metrics of jobs, fetched again while they are visible and change, at most once a second. */
export class MetricsModel implements IDisposable {
  constructor(
    private readonly _jobs: MetricsSource,
    readonly names: readonly string[]
  ) {
    _jobs.changed.connect(this._onChanged, this);
  }

  /** The metrics by job, without jobs for which the request failed; null until the first response. */
  get runs(): readonly IRunMetrics[] | null {
    return this._runs;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._throttler.isDisposed;
  }

  /** Set whether the metrics are visible. */
  setShown(shown: boolean): void {
    this._shown = shown;
    if (shown) this.refresh();
  }

  /** Fetch the metrics if they may have changed and no request is pending. */
  refresh(): void {
    if (this._stale && !this._loading) void this.load();
  }

  /** Fetch the metrics now. */
  async load(): Promise<void> {
    this._stale = false;
    this._loading = true;
    const ended = this.names.filter(name => this._hasEnded(name));
    const fetched = await Promise.allSettled(
      this.names.map(name => this._jobs.api.get('/jobs/{name}/metrics', { params: { path: { name } } }))
    );
    this._loading = false;
    if (this.isDisposed) return;
    const failed = fetched.find(result => result.status === 'rejected');
    this._error = failed ? ApiError.from(failed.reason) : null;
    const runs = fetched.flatMap((result, index) =>
      result.status === 'fulfilled' ? { name: this.names[index], series: result.value.series } : []
    );
    if (runs.length) this._runs = runs;
    this._changed.emit();
    if (failed) this._stale = true;
    else {
      this._complete = new Set(ended);
      if (this._stale) void this._throttler.invoke();
    }
  }

  dispose(): void {
    if (this.isDisposed) return;
    this._throttler.dispose();
    Signal.clearData(this);
  }

  /** The last values arrive with the end of a job; nothing changes after that. */
  private _onChanged(_: unknown, { name }: Job): void {
    if (!this.names.includes(name) || this._complete.has(name)) return;
    this._stale = true;
    void this._throttler.invoke();
  }

  private _hasEnded(name: string): boolean {
    const job = this._jobs.peek(name);
    return job !== undefined && isFinal(job.state);
  }

  private readonly _throttler = new Throttler(() => this.setShown(this._shown), { limit: EVERY_MS, edge: 'trailing' });
  private readonly _changed = new Signal<this, void>(this);
  /** Ended jobs of which all metrics are loaded. */
  private _complete: ReadonlySet<string> = new Set();
  private _runs: readonly IRunMetrics[] | null = null;
  private _error: ApiError | null = null;
  private _shown = false;
  private _stale = true;
  private _loading = false;
}
