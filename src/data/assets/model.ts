// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ApiClient, Data } from '../../api';
import { ApiError, RequestOrder } from '../../api';
import type { components } from '../../api/schema.gen';
import { DataModel } from '../model';

/** Whether the files of a version are still those that were registered. */
export type DataCheck = components['schemas']['DataCheck'];

/** A job, or a version of an asset. */
export type LineageNode = components['schemas']['LineageNode'];

/** A data asset: its versions, of which one is shown with its files. */
export class AssetModel {
  /**
   * @param _wanted - The version to show at first; by default the newest one.
   */
  constructor(
    private readonly _api: ApiClient,
    readonly name: string,
    private _wanted?: string
  ) {}

  /** Emitted when any of the properties has changed. */
  get changed(): ISignal<AssetModel, void> {
    return this._changed;
  }

  /** The newest first. */
  versions: readonly Data[] = [];
  /** The version that is shown. */
  shown: Data | null = null;
  /** Its content. */
  content: DataModel | null = null;
  check: DataCheck | null = null;
  /** What uses the shown version directly; null until it is known. */
  uses: readonly LineageNode[] | null = null;
  error: ApiError | null = null;
  checkError: ApiError | null = null;

  /** Show a version, also if the versions have not been fetched. */
  select(version: string): void {
    const isKnown = version === this._wanted;
    this._wanted = version;
    const found = this._find(version);
    if (found) this.show(found);
    else if (this.versions.length || !isKnown) void this.load(); // it was registered since then
  }

  /** Fetch the versions, and show the one that is wanted, the one that is shown, or the newest. */
  async load(): Promise<void> {
    const isNewest = this._order.next();
    const wanted = this._wanted;
    const params = { path: { name: this.name }, query: { limit: 100 } };
    const found = await this._api.get('/data/{name}/versions', { params }).catch(reason => ApiError.from(reason));
    if (!isNewest()) return;
    if (found instanceof ApiError) this.error = found;
    else [this.versions, this.error] = [found.items, null];
    const now = this._wanted;
    this.show(this._find(now) ?? this._find(this.shown?.version) ?? this.versions.at(0) ?? null);
    // these versions may be older than the one that is wanted since then
    if (!this._find(now) && (now !== wanted || this.error)) this._wanted = now;
  }

  /** Show a version, and read its first rows. */
  show(asset: Data | null): void {
    if (this._isDisposed) return;
    if (asset?.version !== this.shown?.version) {
      this.content?.dispose();
      this.content = asset && new DataModel(this._api, `azureml:${this.name}:${asset.version}`);
      this.check = this.checkError = this.uses = null;
      void this.content?.load();
      void this._loadUses(asset);
    }
    this.shown = asset;
    if (asset) this._wanted = undefined;
    this._changed.emit();
  }

  /** Check whether the files of the shown version have changed. */
  async checkFiles(): Promise<void> {
    const { shown } = this;
    if (!shown) return;
    this.checkError = null;
    try {
      const path = { name: `${this.name}:${shown.version}` };
      const check = await this._api.get('/data/{name}/check', { params: { path } });
      if (this.shown === shown) this.check = check;
    } catch (reason) {
      this.checkError = ApiError.from(reason);
    }
    this._changed.emit();
  }

  dispose(): void {
    this._isDisposed = true;
    this.content?.dispose();
    Signal.clearData(this);
  }

  /** Fetch what uses a version; without the permission for lineage, it stays unknown. */
  private async _loadUses(asset: Data | null): Promise<void> {
    if (!asset) return;
    const query = { reference: `data:${this.name}:${asset.version}`, up: false, depth: 1 };
    try {
      const { id, nodes } = await this._api.get('/lineage', { params: { query } });
      if (this.shown?.version !== asset.version) return;
      this.uses = nodes.filter(node => node.id !== id);
      this._changed.emit();
    } catch {
      return;
    }
  }

  private _find(wanted: string | undefined): Data | undefined {
    return this.versions.find(({ version }) => version === wanted);
  }

  private readonly _changed = new Signal<AssetModel, void>(this);
  private readonly _order = new RequestOrder();
  private _isDisposed = false;
}
