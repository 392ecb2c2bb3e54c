import type { IDisposable } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../../api';
import type { ApiClient } from '../../../api';
import type { IRunMetrics } from './series';

const EVERY_MS = 1_000;

/** What is needed of the client. */
export type MetricsClient = Pick<ApiClient, 'getMetrics'>;

/** The metrics of some jobs, fetched again when there is something new, once a second at most. */
export class MetricsModel implements IDisposable {
  constructor(
    private readonly _client: MetricsClient,
    readonly names: readonly string[]
  ) {}

  /** In the order of the names; null until the first answer. */
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

  /** Say that there may be something new. */
  refresh(): void {
    if (!this.isDisposed) void this._throttler.invoke();
  }

  /** Fetch what there is, at once. */
  async load(): Promise<void> {
    try {
      const fetched = await Promise.all(this.names.map(name => this._client.getMetrics(name)));
      this._runs = fetched.map(({ series }, index) => ({ name: this.names[index], series }));
      this._error = null;
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    this._changed.emit();
  }

  dispose(): void {
    this._throttler.dispose();
    Signal.clearData(this);
  }

  private readonly _throttler = new Throttler(() => this.load(), { limit: EVERY_MS, edge: 'trailing' });
  private readonly _changed = new Signal<this, void>(this);
  private _runs: readonly IRunMetrics[] | null = null;
  private _error: ApiError | null = null;
}
