// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { ApiClient, components } from '../api';

export type LineageNode = components['schemas']['LineageNode'];
export type LineageEdge = components['schemas']['LineageEdge'];

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

  /** Fetch what is around a node, and add it to what is known. */
  async load(reference = this.reference, depth = reference === this.reference ? 2 : 1): Promise<void> {
    try {
      const found = await this._api.get('/lineage', { params: { query: { reference, depth } } });
      this._id ??= found.id;
      for (const edge of found.edges) this._edges.set(keyOf(edge), edge);
      for (const node of found.nodes) this._nodes.set(node.id, node);
      this._error = null;
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<LineageModel, void>(this);
  private readonly _nodes = new Map<string, LineageNode>();
  private readonly _edges = new Map<string, LineageEdge>();
  private _id: string | null = null;
  private _error: ApiError | null = null;
}

const keyOf = ({ source, target, role, label }: LineageEdge): string => [source, target, role, label].join('\0');
