// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';

import type { ApiClient, Experiment, Page } from '../api';
import { RowWindow } from '../resources';
import type { Feed, IListQuery } from '../resources';
import type { IExperimentManager } from './tokens';

/** Experiments; the number of their jobs changes with each job. */
export class ExperimentManager implements IExperimentManager {
  constructor(
    private readonly _api: ApiClient,
    feed: Feed
  ) {
    feed.job.connect(this._refresh, this);
    feed.experiment.connect(this._refresh, this);
    feed.stale.connect(this._refresh, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  window(query: IListQuery = {}): RowWindow<Experiment> {
    const window = new RowWindow<Experiment>(asked => this._list(asked), query);
    this._windows.add(window);
    window.disposed.connect(() => this._windows.delete(window), this);
    return window;
  }

  async archive(name: string): Promise<Experiment> {
    const experiment = await this._api.archiveExperiment(name);
    this._refresh();
    return experiment;
  }

  async restore(name: string): Promise<Experiment> {
    const experiment = await this._api.restoreExperiment(name);
    this._refresh();
    return experiment;
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    for (const window of [...this._windows]) window.dispose();
    Signal.clearData(this);
  }

  /** The REST API returns all experiments; search and paging happen here. */
  private async _list({ search = '', archived = false, offset = 0, limit }: IListQuery): Promise<Page<Experiment>> {
    const all = await this._api.listExperiments({ archived });
    const items = all.filter(item => item.name.toLowerCase().includes(search.toLowerCase()));
    return { items: items.slice(offset, limit && offset + limit), total: items.length };
  }

  private _refresh(): void {
    for (const window of this._windows) window.scheduleRefresh();
  }

  private readonly _windows = new Set<RowWindow<Experiment>>();
  private _isDisposed = false;
}
