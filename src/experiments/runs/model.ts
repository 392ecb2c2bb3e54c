// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { JSONExt } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer, Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../api';
import type { ApiClient, Experiment, ExperimentUpdate, QueryOf, RunColumns, RunView } from '../../api';
import { Selection } from '../../resources';
import type { Feed } from '../../resources';
import { defaultCharts, defaultColumns, primaryColumn } from './columns';
import { Runs } from './runs';

const SAVE_MS = 500;
const REFRESH_MS = 2_000;

/** A view without defaults. */
export type View = Required<RunView> & { columns: string[]; charts: NonNullable<RunView['charts']> };

/** The default view. */
const EMPTY: Required<RunView> = {
  columns: null,
  pinned: 2,
  widths: {},
  sort: 'created_at',
  descending: true,
  group: null,
  charts: null
};

/** The runs of an experiment, the columns to show, and what is selected. */
export class RunsModel implements IDisposable {
  constructor(
    private readonly _api: ApiClient,
    feed: Feed,
    readonly name: string
  ) {
    feed.changed<{ type: string; name: string }>('job').connect(() => this._onChanged(), this);
    feed.changed<{ type: string; name: string }>('experiment').connect((_, event) => {
      if (event.name === name) this._onChanged();
    }, this);
    feed.stale.connect(() => this._onChanged(), this);
    void this.load();
  }

  readonly selection = new Selection();

  /** Null until it is loaded, as are the runs. */
  get experiment(): Experiment | null {
    return this._experiment;
  }

  get runs(): Runs | null {
    return this._runs;
  }

  /** The parameters, metrics and tags that the runs have. */
  get known(): RunColumns {
    return this._known;
  }

  /** The same object until it changes. */
  get view(): View {
    return this._view;
  }

  /** The metric by which runs are compared, as a column. */
  get primary(): string | null {
    return this._experiment && primaryColumn(this._experiment, this._known);
  }

  get filter(): string {
    return this._filter;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** Emitted when any of these properties has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._throttler.isDisposed;
  }

  /** Set whether the runs are visible: they are fetched only while they are. */
  setShown(shown: boolean): void {
    this._shown = shown;
    if (shown && this._stale) void this._throttler.invoke();
  }

  setFilter(filter: string): void {
    if (filter === this._filter) return;
    this._filter = filter;
    void this.load();
  }

  /** Change the view, and save it with the experiment. */
  setView(changes: Partial<RunView>): void {
    if (!this._experiment) return;
    this._setExperiment({ ...this._experiment, view: { ...EMPTY, ...this._experiment.view, ...changes } });
    this._unsaved = true;
    void this._saver.invoke();
    if (this._needed().some(column => !this._fetched.has(column))) void this._fetchRuns();
    this._changed.emit();
  }

  /** Change the experiment. */
  async update(changes: ExperimentUpdate): Promise<void> {
    const path = { name: this.name };
    this._setExperiment(await this._api.patch('/experiments/{name}', { params: { path }, body: changes }));
    this._changed.emit();
    await this._fetchRuns();
  }

  /** Star a run, or remove its star. */
  async setStarred(name: string, starred: boolean): Promise<void> {
    await this._api.patch('/jobs/{name}', { params: { path: { name } }, body: { starred } });
    await this._fetchRuns();
  }

  /** Fetch the experiment, its columns and its runs. */
  async load(): Promise<void> {
    this._stale = false;
    const params = { path: { name: this.name }, query: this._query() };
    try {
      const [experiment, known] = await Promise.all([
        this._api.get('/experiments/{name}', { params: { path: params.path } }),
        this._api.get('/experiments/{name}/run-columns', { params })
      ]);
      if (this.isDisposed) return;
      this._known = known;
      // a view that is not saved yet is newer than the one that was fetched
      this._setExperiment(this._unsaved && this._experiment ? this._experiment : experiment);
    } catch (reason) {
      this._fail(reason);
      return;
    }
    await this._fetchRuns();
  }

  dispose(): void {
    if (this.isDisposed) return;
    if (this._unsaved) void this._save();
    this._throttler.dispose();
    this._saver.dispose();
    Signal.clearData(this);
  }

  private _setExperiment(experiment: Experiment): void {
    this._experiment = experiment;
    const { columns, charts, ...view } = { ...EMPTY, ...experiment.view };
    const next = {
      ...view,
      columns: columns ?? defaultColumns(experiment, this._known),
      charts: charts ?? defaultCharts(experiment, this._known)
    };
    if (!JSONExt.deepEqual(next, this._view)) this._view = next;
  }

  private _query(): Pick<QueryOf<'getRuns'>, 'filter'> {
    return this._filter ? { filter: this._filter } : {};
  }

  /** Return the columns that are shown in the table and in charts. */
  private _needed(): string[] {
    const { columns, sort, group, charts } = this.view;
    const shown = [...columns, sort, group, this.primary, ...charts.flatMap(chart => chart.columns)];
    return [...new Set(shown.filter(column => column !== null))];
  }

  private async _fetchRuns(): Promise<void> {
    const generation = ++this._generation;
    const columns = this._needed();
    const query = { ...this._query(), columns };
    try {
      const params = { path: { name: this.name }, query };
      const { columns: values, total } = await this._api.get('/experiments/{name}/runs', { params });
      if (this.isDisposed || generation !== this._generation) return;
      this._runs = new Runs(values, total);
      this._fetched = new Set(columns);
      this._error = null;
      this._changed.emit();
    } catch (reason) {
      if (generation === this._generation) this._fail(reason);
    }
  }

  private _fail(reason: unknown): void {
    if (this.isDisposed) return;
    this._error = ApiError.from(reason);
    this._changed.emit();
  }

  private _onChanged(): void {
    this._stale = true;
    if (this._shown) void this._throttler.invoke();
  }

  private async _save(): Promise<void> {
    const view = this._experiment?.view;
    if (!view) return;
    this._unsaved = false;
    try {
      await this._api.patch('/experiments/{name}', { params: { path: { name: this.name } }, body: { view } });
    } catch (reason) {
      this._fail(reason);
    }
  }

  private readonly _throttler = new Throttler(() => this.load(), { limit: REFRESH_MS, edge: 'trailing' });
  private readonly _saver = new Debouncer(() => this._save(), SAVE_MS);
  private readonly _changed = new Signal<this, void>(this);
  private _experiment: Experiment | null = null;
  private _view: View = { ...EMPTY, columns: ['name'], charts: [] };
  private _runs: Runs | null = null;
  private _known: RunColumns = { items: [], runs: 0 };
  /** The columns of the runs that are loaded. */
  private _fetched: ReadonlySet<string> = new Set();
  private _filter = '';
  private _error: ApiError | null = null;
  private _generation = 0;
  private _shown = false;
  private _stale = false;
  /** Whether the view has changed since it was saved. */
  private _unsaved = false;
}
