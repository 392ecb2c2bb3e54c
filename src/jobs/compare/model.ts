// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { DisposableSet } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../api';
import type { Job } from '../../api';
import { MetricsModel } from '../panel/metrics/model';
import type { IJobManager } from '../tokens';

/** Several jobs, kept up to date. */
export class CompareModel implements IDisposable {
  constructor(
    readonly manager: IJobManager,
    readonly names: readonly string[]
  ) {
    this.metrics = new MetricsModel(manager, names);
    this._resources = DisposableSet.from([...names.map(name => manager.watch(name)), this.metrics]);
    manager.changed.connect(this._onChanged, this);
    void this.load();
  }

  readonly metrics: MetricsModel;

  /** The jobs that are loaded, in the order of the names. */
  get jobs(): readonly Job[] {
    return this.names.flatMap(name => this.manager.peek(name) ?? []);
  }

  get error(): ApiError | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._resources.isDisposed;
  }

  /** Fetch all jobs. */
  async load(): Promise<void> {
    const fetched = await Promise.allSettled(this.names.map(name => this.manager.get(name)));
    const failed = fetched.find(result => result.status === 'rejected');
    this._error = failed ? ApiError.from(failed.reason) : null;
    this._changed.emit();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this._resources.dispose();
    Signal.clearData(this);
  }

  private _onChanged(_: unknown, job: Job): void {
    if (this.names.includes(job.name)) this._changed.emit();
  }

  private readonly _resources: DisposableSet;
  private readonly _changed = new Signal<this, void>(this);
  private _error: ApiError | null = null;
}
