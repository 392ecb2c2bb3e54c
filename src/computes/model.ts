// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError, RequestOrder } from '../api';
import type {
  ApiClient,
  ComputeInfo as Compute,
  ComputeNodes,
  ComputeQueue,
  ComputeSample,
  ComputeType,
  ComputeUsage,
  Job
} from '../api';
import type { IResourceManager } from '../resources';
import { MAX_POINTS, PERIODS } from './usage';
import type { Period } from './usage';

const POLL_MS = 5_000;
const JOBS_MS = 1_000;
const MAX_SAMPLES_MS = 60_000;
const MOST_JOBS = 100;
const ACTIVE = ['NotStarted', 'Queued', 'Preparing', 'Running', 'Finalizing', 'CancelRequested'] as const;

/** A compute: its state, how busy it is while it is shown, and the end of its log. */
export class ComputeModel {
  constructor(
    private readonly _api: ApiClient,
    private readonly _manager: IResourceManager<Compute>,
    readonly name: string,
    jobsChanged: ISignal<unknown, unknown>
  ) {
    jobsChanged.connect(this._onJobs, this);
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
  /** Undefined until it is known; null if the server does not have it. */
  type: ComputeType | null | undefined;
  /** Queued and running jobs, the newest first; at most 100. */
  jobs: readonly Job[] = [];
  /** Null until the first response. */
  queue: ComputeQueue | null = null;
  /** Null if the compute has no nodes, or does not run. */
  nodes: ComputeNodes | null = null;
  isDeleted = false;
  /** Null while it is unknown, and while the compute does not run. */
  usage: ComputeUsage | null = null;
  /** How busy it was in `period`; null until the first response. */
  samples: readonly ComputeSample[] | null = null;
  period: Period = 'hour';
  /** Null until it was requested. */
  log: readonly string[] | null = null;
  error: ApiError | null = null;

  async load(): Promise<void> {
    await this._act(async () => {
      this._set(await this._manager.get(this.name));
      const types = await this._api.get('/compute-types');
      this.type = types.find(({ name }) => name === this.compute?.type) ?? null;
      await Promise.all([this._loadJobs(), this._loadSamples()]);
    });
  }

  /** Show how busy it was in another time. */
  async setPeriod(period: Period): Promise<void> {
    this.period = period;
    this._changed.emit();
    await this._act(() => this._loadSamples());
  }

  /** Fetch the queued and running jobs, and how good the estimates were. */
  private async _loadJobs(): Promise<void> {
    const isNewest = this._jobsOrder.next();
    const query = { filter: `compute:${this.name}`, states: [...ACTIVE], limit: MOST_JOBS };
    const [{ items }, queue] = await Promise.all([
      this._api.get('/jobs', { params: { query } }),
      this._api.get('/computes/{name}/queue', { params: { path: { name: this.name } } })
    ]);
    if (isNewest()) Object.assign(this, { jobs: items, queue });
  }

  private async _loadSamples(): Promise<void> {
    const isNewest = this._samplesOrder.next();
    const seconds = PERIODS[this.period];
    this._nextSampleMs = Date.now() + Math.min(MAX_SAMPLES_MS, (seconds * 1_000) / MAX_POINTS);
    const params = { path: { name: this.name }, query: { seconds, max_points: MAX_POINTS } };
    const { samples } = await this._api.get('/computes/{name}/usage/series', { params });
    if (isNewest()) this.samples = samples;
  }

  private _onJobs(): void {
    void this._throttler.invoke();
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
      if (this.type?.scales) await this._loadNodes();
      if (Date.now() >= this._nextSampleMs) await this._act(() => this._loadSamples());
      if (!this._isDisposed) this._changed.emit();
    }
    if (!this._isDisposed) this._timer = window.setTimeout(() => void this.poll(isVisible), POLL_MS);
  }

  private async _loadNodes(): Promise<void> {
    try {
      const nodes = await this._api.get('/computes/{name}/nodes', { params: { path: { name: this.name } } });
      this.nodes = this.compute?.state === 'Running' ? nodes : null;
    } catch {
      this.nodes = null; // as for the usage
    }
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._throttler.dispose();
    clearTimeout(this._timer);
    this._manager.changed.disconnect(this._onChanged, this);
    this._manager.deleted.disconnect(this._onDeleted, this);
    this._watching.dispose();
    Signal.clearData(this);
  }

  private _set(compute: Compute): void {
    this.compute = compute;
    if (compute.state !== 'Running') this.usage = this.nodes = null;
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
  private readonly _jobsOrder = new RequestOrder();
  private readonly _samplesOrder = new RequestOrder();
  private readonly _throttler = new Throttler(() => this._act(() => this._loadJobs()), {
    limit: JOBS_MS,
    edge: 'trailing'
  });
  private _timer: number | undefined;
  private _nextSampleMs = Infinity;
  private _isDisposed = false;
}
