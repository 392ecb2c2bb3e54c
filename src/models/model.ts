// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError, RequestOrder } from '../api';
import type { ApiClient, Model, ModelComparison, ModelDetails } from '../api';
import { FilesModel } from '../jobs/panel/files/model';
import type { IResourceManager } from '../resources';
import { modelFiles } from './files';

export type Tab = 'overview' | 'packages' | 'files' | 'compare';

const MAX_VERSIONS = 200;

/** A registered model: its versions, what the selected one consists of, and a comparison with another one. */
export class RegisteredModel {
  /**
   * @param _wanted - The version to select at first; by default the latest one.
   */
  constructor(
    readonly api: ApiClient,
    private readonly _manager: IResourceManager<Model>,
    readonly name: string,
    private readonly _wanted?: string
  ) {
    this._watching = _manager.watch(name);
    _manager.changed.connect(this._onChanged, this);
  }

  /** The newest versions first. */
  get versions(): readonly Model[] {
    return this._versions;
  }

  get total(): number {
    return this._total;
  }

  /** Null until the first response. */
  get selected(): Model | null {
    return this._versions.find(({ version }) => version === this._selected) ?? null;
  }

  /** Null while they are loading. */
  get details(): ModelDetails | null {
    return this._details;
  }

  /** The files of the selected version. */
  get files(): FilesModel | null {
    return this._files;
  }

  /** Null while it is loading, or if no version was chosen. */
  get comparison(): ModelComparison | null {
    return this._comparison;
  }

  /** The version that the selected one is compared with, or null. */
  get other(): string | null {
    return this._other;
  }

  get tab(): Tab {
    return this._tab;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async load(): Promise<void> {
    const isNewest = this._order.next();
    await this._act(async () => {
      const query = { limit: MAX_VERSIONS, archived: 'any' as const };
      const { items, total } = await this.api.get('/models/{name}/versions', {
        params: { path: { name: this.name }, query }
      });
      if (isNewest()) [this._versions, this._total] = [items, total];
    });
    if (this.selected) return;
    const found =
      this._versions.find(({ version }) => version === this._wanted) ?? this._versions.find(each => each.latest);
    const first = found ?? this._versions.at(0);
    if (first) await this.select(first.version);
  }

  /** Show a version. */
  async select(version: string): Promise<void> {
    if (version === this._selected) return;
    this._files?.dispose();
    [this._selected, this._details, this._comparison] = [version, null, null];
    this._files = new FilesModel(modelFiles(this.api, this.name, version));
    this._changed.emit();
    await this._act(async () => {
      const path = { name: this.name, version };
      const details = await this.api.get('/models/{name}/versions/{version}/details', { params: { path } });
      if (version === this._selected) this._details = details;
    });
    if (this._other !== null) await this.compare(this._other);
  }

  /** Compare the selected version with `other`, e.g. `titanic:1`. */
  async compare(other: string): Promise<void> {
    const version = this._selected;
    [this._other, this._comparison] = [other, null];
    this._changed.emit();
    if (version === null || !other) return;
    await this._act(async () => {
      const params = { path: { name: this.name, version }, query: { to: other } };
      const found = await this.api.get('/models/{name}/versions/{version}/comparison', { params });
      if (version === this._selected && other === this._other) this._comparison = found;
    });
  }

  setTab(tab: Tab): void {
    this._tab = tab;
    this._changed.emit();
  }

  /** Change fields of the selected version. */
  async update(body: object, revision?: number): Promise<void> {
    const version = this._selected;
    if (version === null) return;
    const path = '/models/{name}/versions/{version}';
    const params = { path: { name: this.name, version }, query: { revision } };
    try {
      await this.api.patch(path, { params, body });
    } finally {
      await this.load();
    }
  }

  /** Archive, restore or delete the selected version. */
  async change(operation: 'archive' | 'restore' | 'delete'): Promise<void> {
    const version = this._selected;
    if (version === null) return;
    const params = { path: { name: this.name, version } };
    const path = '/models/{name}/versions/{version}';
    if (operation === 'delete') {
      await this.api.delete(path, { params });
      this._selected = null;
    } else {
      await this.api.post(`${path}/${operation}` as `${typeof path}/archive`, { params });
    }
    await this.load();
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    this._manager.changed.disconnect(this._onChanged, this);
    this._watching.dispose();
    this._files?.dispose();
    Signal.clearData(this);
  }

  private _onChanged(_: unknown, { name }: Model): void {
    if (name === this.name) void this.load();
  }

  private async _act(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this._error = null;
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    if (!this._isDisposed) this._changed.emit();
  }

  private readonly _watching;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _order = new RequestOrder();
  private _versions: readonly Model[] = [];
  private _total = 0;
  private _selected: string | null = null;
  private _details: ModelDetails | null = null;
  private _files: FilesModel | null = null;
  private _comparison: ModelComparison | null = null;
  private _other: string | null = null;
  private _tab: Tab = 'overview';
  private _error: ApiError | null = null;
  private _isDisposed = false;
}
