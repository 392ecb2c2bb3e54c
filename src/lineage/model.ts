// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { ApiClient, components } from '../api';

export type LineageNode = components['schemas']['LineageNode'];
export type LineageEdge = components['schemas']['LineageEdge'];

/** Nodes of one response. */
const MAX_NODES = 1_000;

/** What is known of the lineage around a job or an asset; it grows when a node is expanded. */
export class LineageModel {
  constructor(
    private readonly _api: ApiClient,
    readonly reference: string
  ) {
    void this.load();
  }

  /** The id of the node that was asked for; null before the first response. */
  get id(): string | null {
    return this._id;
  }

  get nodes(): readonly LineageNode[] {
    return [...this._nodes.values()];
  }

  get edges(): readonly LineageEdge[] {
    return [...this._edges.values()];
  }

  get error(): ApiError | null {
    return this._error;
  }

  get changed(): ISignal<LineageModel, void> {
    return this._changed;
  }

  dispose(): void {
    Signal.clearData(this);
  }

  /** The id of the node that was loaded last. */
  get loaded(): string | null {
    return this._loaded;
  }

  /** Fetch what is around the node that was asked for, and add it to what is known. */
  async load(): Promise<void> {
    await this._load({ reference: this.reference, depth: 2 });
    this._changed.emit();
  }

  /** Fetch the neighbors of a node, at most 1,000, and add them to what is known. */
  async expand({ id, sources, targets }: LineageNode): Promise<void> {
    const limit = Math.min(MAX_NODES, 1 + sources + targets);
    if ((await this._load({ reference: id, depth: 1, limit })) && limit === MAX_NODES) this._full.add(id);
    this._changed.emit();
  }

  /** Whether a node has more neighbors than can be shown, and as many as possible are. */
  isFull(id: string): boolean {
    return this._full.has(id);
  }

  private async _load(query: { reference: string; depth: number; limit?: number }): Promise<boolean> {
    try {
      const found = await this._api.get('/lineage', { params: { query } });
      this._id ??= found.id;
      this._loaded = found.id;
      for (const edge of found.edges) this._edges.set(keyOf(edge), edge);
      for (const node of found.nodes) this._nodes.set(node.id, node);
      this._error = null;
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    return this._error === null;
  }

  private readonly _changed = new Signal<LineageModel, void>(this);
  private readonly _nodes = new Map<string, LineageNode>();
  private readonly _full = new Set<string>();
  private readonly _edges = new Map<string, LineageEdge>();
  private _id: string | null = null;
  private _loaded: string | null = null;
  private _error: ApiError | null = null;
}

const keyOf = ({ source, target, role, label }: LineageEdge): string => [source, target, role, label].join('\0');
