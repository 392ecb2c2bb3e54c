// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Token } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ReactNode } from 'react';

import type { ApiClient, KindInfo } from '../api';
import { resourceApi } from './api';
import { IConnection } from './connection';
import type { Feed } from './feed';
import { ResourceManager } from './manager';
import { definePlugin } from './plugin';
import type { IResource, IResourceManager } from './tokens';

/** A resource of a kind that the server declares; its other fields are those of the columns. */
export interface IDeclaredResource extends IResource {
  description?: string | null;
  created_at: string;
  archived: boolean;
  [field: string]: unknown;
}

/** How a kind of resource is shown, where that differs from other kinds. */
export interface IKindView<T extends IResource = IDeclaredResource> {
  /** Whether the kind has a section and commands of its own. */
  own?: boolean;
  /** The title of the section; by default the plural of the kind. */
  title?: string;
  /** Render a row of the list. */
  renderRow?: (resource: T) => ReactNode;
  /** Shown while there are no resources. */
  empty?: string;
  /** The ID of a command that creates a resource. */
  create?: string;
  /** IDs of commands for the context menu of a row; the first one opens a resource. They take its `name`. */
  commands?: readonly string[];
}

/** The kinds of resources of the server. */
export interface IKinds {
  /** The declarations, in the order of the sidebar; empty until the first response. */
  readonly all: readonly KindInfo[];
  /** Emitted when the declarations have been received. */
  readonly loaded: ISignal<IKinds, void>;
  /** Return the manager of a declared kind. */
  manager<T extends IResource = IDeclaredResource>(kind: string): IResourceManager<T>;
  /** Return how a kind is shown. */
  view(kind: string): IKindView;
  /** Set how a kind is shown; while a plugin is activated, before the declarations are received. */
  setView<T extends IResource = IDeclaredResource>(kind: string, view: IKindView<T>): void;
}

export const IKinds = new Token<IKinds>(
  'jupyter-ml:IKinds',
  'The kinds of resources: their declarations, their managers, and how each is shown.'
);

/** Fetches the declarations of the kinds, and manages their resources. */
export class Kinds implements IKinds {
  constructor(
    private readonly _api: ApiClient,
    private readonly _feed: Feed
  ) {}

  get all(): readonly KindInfo[] {
    return this._all;
  }

  get loaded(): ISignal<this, void> {
    return this._loaded;
  }

  manager<T extends IResource>(kind: string): IResourceManager<T> {
    let manager = this._managers.get(kind);
    if (!manager) {
      const info = this._all.find(({ name }) => name === kind);
      if (!info) throw new Error(`The server has no kind of resource ${kind}.`);
      manager = new ResourceManager(resourceApi(this._api, info.path), this._feed, kind, info.follows);
      this._managers.set(kind, manager);
    }
    return manager as unknown as IResourceManager<T>;
  }

  view(kind: string): IKindView {
    return this._views.get(kind) ?? {};
  }

  setView<T extends IResource>(kind: string, view: IKindView<T>): void {
    this._views.set(kind, view as unknown as IKindView);
  }

  /** Fetch the declarations; if that fails, again when the connection is restored. */
  async load(): Promise<void> {
    try {
      this._all = await this._api.get('/kinds');
    } catch {
      this._feed.stale.connect(this._retry, this);
      return;
    }
    this._loaded.emit();
  }

  private _retry(): void {
    this._feed.stale.disconnect(this._retry, this);
    void this.load();
  }

  private _all: readonly KindInfo[] = [];
  private readonly _managers = new Map<string, ResourceManager<IDeclaredResource>>();
  private readonly _views = new Map<string, IKindView>();
  private readonly _loaded = new Signal<this, void>(this);
}

const kinds = definePlugin({
  id: 'jupyter-ml:kinds',
  description: 'Provides the kinds of resources of the server.',
  requires: { connection: IConnection },
  provides: IKinds,
  activate: ({ started }, { connection: { api, feed } }): IKinds => {
    const kinds = new Kinds(api, feed);
    void started.then(() => kinds.load()); // the plugins have set how kinds are shown by then
    return kinds;
  }
});

export default [kinds];
