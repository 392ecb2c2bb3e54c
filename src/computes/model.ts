// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError, RequestOrder } from '../api';
import type { ApiClient, ComputeInfo as Compute } from '../api';
import type { components } from '../api/schema.gen';
import type { IResourceManager } from '../resources';

export type ComputeUsage = components['schemas']['ComputeUsage'];

const POLL_MS = 5_000;

/** A compute: its state, how busy it is while it is shown, and the end of its log. */
export class ComputeModel {
  constructor(
    private readonly _api: ApiClient,
    private readonly _manager: IResourceManager<Compute>,
    readonly name: string
  ) {
    this._watching = _manager.watch(name);
    _manager.changed.connect(this._onChanged, this);
    _manager.deleted.connect(this._onDeleted, this);
  }

  /** Emitted when any of the properties has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null until the first response. */
  compute: Compute | null = null;
  isDeleted = false;
  /** Null while it is unknown, and while the compute does not run. */
  usage: ComputeUsage | null = null;
  /** Null until it was requested. */
  log: readonly string[] | null = null;
  error: ApiError | null = null;

  async load(): Promise<void> {
    await this._act(async () => this._set(await this._manager.get(this.name)));
  }

  /** Fetch the end of the log. */
  async loadLog(): Promise<void> {
    const isNewest = this._logOrder.next();
    await this._act(async () => {
      const { lines } = await this._api.get('/computes/{name}/log', { params: { path: { name: this.name } } });
      if (isNewest()) this.log = lines;
    });
  }

  /** Fetch how busy the compute is, again and again while it is shown. */
  async poll(isVisible: () => boolean): Promise<void> {
    clearTimeout(this._timer);
    if (this._isDisposed) return;
    if (this.compute?.state === 'Running' && isVisible()) {
      const isNewest = this._usageOrder.next();
      try {
        const usage = await this._api.get('/computes/{name}/usage', { params: { path: { name: this.name } } });
        if (isNewest() && this.compute.state === 'Running') this.usage = usage;
      } catch {
        this.usage = null; // it has just been stopped, or does not answer: its state will show that
      }
      if (!this._isDisposed) this._changed.emit();
    }
    if (!this._isDisposed) this._timer = window.setTimeout(() => void this.poll(isVisible), POLL_MS);
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    clearTimeout(this._timer);
    this._manager.changed.disconnect(this._onChanged, this);
    this._manager.deleted.disconnect(this._onDeleted, this);
    this._watching.dispose();
    Signal.clearData(this);
  }

  private _set(compute: Compute): void {
    this.compute = compute;
    if (compute.state !== 'Running') this.usage = null;
  }

  private _onChanged(_: unknown, compute: Compute): void {
    if (compute.name !== this.name) return;
    this._set(compute);
    this._changed.emit();
  }

  private _onDeleted(_: unknown, name: string): void {
    if (name !== this.name) return;
    this.isDeleted = true;
    this._changed.emit();
  }

  private async _act(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.error = null;
    } catch (reason) {
      this.error = ApiError.from(reason);
    }
    if (!this._isDisposed) this._changed.emit();
  }

  private readonly _watching;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _usageOrder = new RequestOrder();
  private readonly _logOrder = new RequestOrder();
  private _timer: number | undefined;
  private _isDisposed = false;
}
