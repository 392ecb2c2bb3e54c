// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError, RequestOrder } from '../api';
import type { ApiClient, FilterCheck, RecentWorkspace, WorkspaceInfo } from '../api';
import type { Feed } from '../resources';
import type { IWorkspaceManager } from './tokens';

const QUIET_MS = 250;

/** The workspace; its counts change with each job. */
export class WorkspaceManager implements IWorkspaceManager {
  constructor(
    private readonly _api: ApiClient,
    private readonly _feed: Feed
  ) {
    _feed.changed('job').connect(this._scheduleFetch, this);
    _feed.changed('workspace').connect(() => void this._reload(), this);
    _feed.stale.connect(this._scheduleFetch, this);
    _feed.liveChanged.connect(() => this._changed.emit(), this);
    this._scheduleFetch(); // the feed may have connected before, and is quiet until a job changes
  }

  get workspace(): WorkspaceInfo | null {
    return this._workspace;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get live(): boolean {
    return this._feed.live;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get switched(): ISignal<this, WorkspaceInfo> {
    return this._switched;
  }

  get isDisposed(): boolean {
    return this._throttler.isDisposed;
  }

  checkFilter(filter: string, before: string): Promise<FilterCheck> {
    return this._api.get('/filters/job', { params: { query: { filter, before } } });
  }

  async others(): Promise<RecentWorkspace[]> {
    const recent = await this._api.get('/workspace/recent');
    return recent.filter(({ folder }) => folder !== this._workspace?.folder);
  }

  refresh(): void {
    this._feed.refresh();
  }

  dispose(): void {
    this._throttler.dispose();
    Signal.clearData(this);
  }

  private _scheduleFetch(): void {
    void this._throttler.invoke();
  }

  /** Fetch everything again: panels of the previous workspace are closed first. */
  private async _reload(): Promise<void> {
    await this._fetch();
    this._feed.refresh();
  }

  private async _fetch(): Promise<void> {
    const isNewest = this._order.next();
    const found = await this._api.get('/workspace').catch(reason => ApiError.from(reason));
    if (this.isDisposed || !isNewest()) return;
    const previous = this._workspace;
    if (found instanceof ApiError) this._error = found;
    else [this._workspace, this._error] = [found, null];
    if (previous && previous.folder !== this._workspace?.folder) this._switched.emit(previous);
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _switched = new Signal<this, WorkspaceInfo>(this);
  private readonly _throttler = new Throttler(() => this._fetch(), { limit: QUIET_MS, edge: 'trailing' });
  private readonly _order = new RequestOrder();
  private _workspace: WorkspaceInfo | null = null;
  private _error: ApiError | null = null;
}
