// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError, RequestOrder } from '../../api';
import type { ApiClient, LoggedModel, RunDetails } from '../../api';

/** What MLflow has of a job's run, whichever program logged it. */
export class TrackedModel {
  constructor(
    private readonly _api: ApiClient,
    private readonly _name: string
  ) {}

  /** Null until the first response, and where there is no run. */
  get details(): RunDetails | null {
    return this._details;
  }

  get models(): readonly LoggedModel[] {
    return this._models;
  }

  /** Why there are no details any more, e.g. because the run was deleted in MLflow. */
  get error(): ApiError | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async refresh(): Promise<void> {
    const job = { params: { path: { name: this._name } } };
    const isNewest = this._order.next();
    const found = await Promise.all([
      this._api.get('/jobs/{name}/run', job),
      this._api.get('/jobs/{name}/models', job)
    ]).catch(reason => ApiError.from(reason));
    if (!isNewest()) return;
    if (found instanceof ApiError) {
      this._error = found; // what was loaded stays
    } else {
      [this._details, this._models, this._error] = [found[0], found[1].items, null];
    }
    if (!this._isDisposed) this._changed.emit();
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _order = new RequestOrder();
  private _details: RunDetails | null = null;
  private _models: readonly LoggedModel[] = [];
  private _error: ApiError | null = null;
  private _isDisposed = false;
}
