// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError, RequestOrder } from '../api';
import type { ApiClient, Environment } from '../api';
import type { components } from '../api/schema.gen';
import type { IResourceManager } from '../resources';
import { reference } from './creation';

export type EnvironmentBuild = components['schemas']['EnvironmentBuild'];
export type EnvironmentComparison = components['schemas']['EnvironmentComparison'];
export type LineageNode = components['schemas']['LineageNode'];
export type Tab = 'overview' | 'packages' | 'compare';

const MAX_VERSIONS = 200;
const POLL_MS = 1_000;

/** An environment: its versions, the installation of the one that is shown, and a comparison with another one. */
export class EnvironmentModel {
  /**
   * @param _wanted - The version to show at first; by default the latest one.
   */
  constructor(
    private readonly _api: ApiClient,
    private readonly _manager: IResourceManager<Environment>,
    readonly name: string,
    private _wanted?: string
  ) {
    this._watching = _manager.watch(name);
    _manager.changed.connect(this._onChanged, this);
  }

  /** Emitted when any of the properties has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The newest first. */
  versions: readonly Environment[] = [];
  /** Null until the first response. */
  shown: Environment | null = null;
  /** The installation of the shown version; null while it is loading, or if there is only an image. */
  build: EnvironmentBuild | null = null;
  /** The jobs that have used the shown version. */
  users: readonly LineageNode[] = [];
  /** The version that the shown one is compared with, or an empty text. */
  other = '';
  comparison: EnvironmentComparison | null = null;
  tab: Tab = 'overview';
  error: ApiError | null = null;

  setTab(tab: Tab): void {
    this.tab = tab;
    this._changed.emit();
  }

  /** Fetch the versions, and what is known of the one that is shown. */
  async load(): Promise<void> {
    const isNewest = this._order.next();
    const wanted = this._wanted;
    await this._act(async () => {
      const query = { limit: MAX_VERSIONS, archived: 'any' as const };
      const params = { path: { name: this.name }, query };
      const { items } = await this._api.get('/environments/{name}/versions', { params });
      if (isNewest()) this.versions = items;
    });
    const latest = this.versions.find(each => each.latest) ?? this.versions.at(0) ?? null;
    const found = this._find(this._wanted);
    this.shown = found ?? this._find(this.shown?.version) ?? latest;
    // these versions may be older than the one that is wanted since then
    if (found || (wanted === this._wanted && !this.error)) this._wanted = undefined;
    this._changed.emit();
    await this._loadShown();
  }

  /** Show a version, also if it was created after the versions have been fetched. */
  async select(version: string): Promise<void> {
    const found = this._find(version);
    if (!found) {
      this._wanted = version;
      return this.load();
    }
    if (found === this.shown) return;
    [this.shown, this.build, this.users, this.comparison] = [found, null, [], null];
    this._changed.emit();
    await this._loadShown();
  }

  /** Compare the shown version with `other`, e.g. `sklearn:1`. */
  async compare(other: string): Promise<void> {
    const { shown } = this;
    [this.other, this.comparison] = [other, null];
    this._changed.emit();
    if (!shown || !other) return;
    await this._act(async () => {
      const path = { name: this.name, version: shown.version };
      const params = { path, query: { to: other } };
      const found = await this._api.get('/environments/{name}/versions/{version}/comparison', { params });
      if (this.shown?.version === shown.version && this.other === other) this.comparison = found;
    });
  }

  /** Start to install the shown version. */
  startBuild(): Promise<void> {
    return this._changeBuild(path => this._api.post('/environments/{name}/build', { params: { path } }));
  }

  /** Remove the installation of the shown version. */
  deleteBuild(): Promise<void> {
    return this._changeBuild(path => this._api.delete('/environments/{name}/build', { params: { path } }));
  }

  /** Change fields of the shown version. */
  async update(body: object, revision?: number): Promise<void> {
    if (!this.shown) return;
    const params = { path: { name: this.name, version: this.shown.version }, query: { revision } };
    try {
      await this._api.patch('/environments/{name}/versions/{version}', { params, body });
    } finally {
      await this.load();
    }
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    clearTimeout(this._timer);
    this._manager.changed.disconnect(this._onChanged, this);
    this._watching.dispose();
    Signal.clearData(this);
  }

  private async _loadShown(): Promise<void> {
    const { shown } = this;
    if (!shown || this._isDisposed) return;
    const isNewest = this._buildOrder.next();
    await this._act(async () => {
      const [build, users] = await Promise.all([this._fetchBuild(shown), this._fetchUsers(shown)]);
      if (this.shown?.version === shown.version && isNewest()) [this.build, this.users] = [build, users];
    });
    if (this.other) await this.compare(this.other);
    this._poll();
  }

  private _fetchBuild(shown: Environment): Promise<EnvironmentBuild | null> {
    if (!shown.identity) return Promise.resolve(null);
    return this._api.get('/environments/{name}/build', { params: { path: { name: reference(shown) } } });
  }

  private async _fetchUsers(shown: Environment): Promise<readonly LineageNode[]> {
    const query = { reference: `environment:${reference(shown)}`, up: false, depth: 1 };
    const { nodes } = await this._api.get('/lineage', { params: { query } });
    return nodes.filter(({ kind }) => kind === 'job');
  }

  /** Fetch the step of a build again and again; its end is an event. */
  private _poll(): void {
    clearTimeout(this._timer);
    if (this.build?.state !== 'building' || this._isDisposed) return;
    this._timer = window.setTimeout(() => {
      const { shown } = this;
      if (!shown) return;
      const isNewest = this._buildOrder.next();
      void this._act(async () => {
        const build = await this._fetchBuild(shown);
        if (this.shown?.version === shown.version && isNewest()) this.build = build;
      }).then(() => this._poll());
    }, POLL_MS);
  }

  private async _changeBuild(change: (path: { name: string }) => Promise<unknown>): Promise<void> {
    if (!this.shown) return;
    await change({ name: reference(this.shown) });
    await this._loadShown();
  }

  private _onChanged(_: unknown, { name }: Environment): void {
    if (name === this.name) void this.load();
  }

  private _find(wanted: string | undefined): Environment | undefined {
    return this.versions.find(({ version }) => version === wanted);
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
  private readonly _order = new RequestOrder();
  private readonly _buildOrder = new RequestOrder();
  private _timer: number | undefined;
  private _isDisposed = false;
}
