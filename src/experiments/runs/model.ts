// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { JSONExt } from '@lumino/coreutils';
import { DisposableSet } from '@lumino/disposable';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../api';
import type { ApiClient, Experiment, ExperimentUpdate, Job, JobChanged, RunColumns, RunView } from '../../api';
import type { IJobManager } from '../../jobs/tokens';
import { Selection } from '../../resources';
import type { Feed } from '../../resources';
import type { IFiltered } from '../../sidebar';
import { defaultCharts, defaultColumns, primaryColumn } from './columns';
import type { Runs } from './runs';
import { RunTable } from './table';

const SAVE_MS = 500;
const REFRESH_MS = 2_000;
/** How many times as long as a refresh took nothing is refreshed after it: many runs take the server a second. */
const PAUSE = 10;

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
  charts: null,
  layout: 'both'
};

/** The runs of an experiment, the columns to show, and what is selected. */
export class RunsModel implements IDisposable, IFiltered {
  constructor(
    private readonly _api: ApiClient,
    feed: Feed,
    readonly jobs: IJobManager,
    readonly name: string
  ) {
    this._table = new RunTable(_api, name);
    feed.changed<JobChanged>('job').connect((_, event) => this._onJobEvent(event), this);
    jobs.changed.connect((_, job) => this._onJob(job), this);
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
    return this._table.runs;
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

  get filterChanged(): ISignal<this, string> {
    return this._filterChanged;
  }

  get error(): ApiError | null {
    return this._error;
  }

  /** Emitted when any of these properties has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._saver.isDisposed;
  }

  /** Set whether the runs are visible: they are fetched only while they are. */
  setShown(shown: boolean): void {
    this._shown = shown;
    if (shown && this._stale) this._refreshLater();
  }

  setFilter(filter: string): void {
    if (filter === this._filter) return;
    this._filter = filter;
    this._filterChanged.emit(filter);
    void this.load();
  }

  /** Change the view, and save it with the experiment. */
  setView(changes: Partial<RunView>): void {
    if (!this._experiment) return;
    this._setExperiment({ ...this._experiment, view: { ...EMPTY, ...this._experiment.view, ...changes } });
    this._unsaved = true;
    void this._saver.invoke();
    if (!this._table.has(this._needed())) void this._fetchRuns();
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
    this._onJob(await this.jobs.update(name, { starred }));
  }

  /** Fetch jobs that are not known: commands show and do what their states allow. They are kept up to date. */
  async watch(names: readonly string[]): Promise<void> {
    this._watched.dispose();
    this._watched = DisposableSet.from(names.map(name => this.jobs.watch(name)));
    await Promise.allSettled(names.map(async name => this.jobs.peek(name) ?? (await this.jobs.get(name))));
  }

  /** Fetch the experiment, its columns and its runs. */
  async load(): Promise<void> {
    this._stale = false;
    this._table.invalidate();
    const path = { name: this.name };
    const query = this._filter ? { filter: this._filter } : {};
    const load = ++this._load;
    const start = performance.now();
    const saves = this._saves;
    try {
      const [experiment, known] = await Promise.all([
        this._api.get('/experiments/{name}', { params: { path } }),
        this._api.get('/experiments/{name}/run-columns', { params: { path, query } })
      ]);
      if (this.isDisposed || load !== this._load) return;
      this._known = known;
      // a view that is not saved yet, or was saved since, may be newer than the one that was fetched
      const isNewer = this._unsaved || this._saving > 0 || saves !== this._saves;
      this._setExperiment(isNewer && this._experiment ? this._experiment : experiment);
    } catch (reason) {
      if (load === this._load) this._fail(reason);
      return;
    }
    await this._fetchRuns();
    this._took = performance.now() - start;
    // what has changed meanwhile waits as long as this refresh took, not as one of more runs before a filter
    window.clearTimeout(this._timer);
    this._timer = undefined;
    if (this._stale && this._shown) this._refreshLater();
  }

  dispose(): void {
    if (this.isDisposed) return;
    if (this._unsaved) void this._save();
    window.clearTimeout(this._timer);
    this._watched.dispose();
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

  /** Return the columns that are shown in the table and in charts. */
  private _needed(): string[] {
    const { columns, sort, group, charts } = this.view;
    const shown = [...columns, sort, group, this.primary, ...charts.flatMap(chart => chart.columns)];
    return [...new Set(shown.filter(column => column !== null))];
  }

  /** Fetch the columns that are needed and not loaded. */
  private async _fetchRuns(): Promise<void> {
    const request = ++this._request;
    try {
      if (!(await this._table.fetch(this._needed(), this._filter)) || this.isDisposed) return;
      this._error = null;
      this._changed.emit();
    } catch (reason) {
      if (request === this._request) this._fail(reason);
    }
  }

  private _fail(reason: unknown): void {
    if (this.isDisposed) return;
    this._error = ApiError.from(reason);
    this._changed.emit();
  }

  private _onJobEvent({ type, name, data }: JobChanged): void {
    const isRun = type === 'job_deleted' ? this.runs?.indexOf(name) !== undefined : data.experiment_name === this.name;
    if (isRun) this._onChanged();
  }

  private _onJob(job: Job): void {
    if (this._table.patch(job)) this._changed.emit();
  }

  private _onChanged(): void {
    this._stale = true;
    if (this._shown) this._refreshLater();
  }

  private _refreshLater(): void {
    this._timer ??= window.setTimeout(
      () => {
        this._timer = undefined;
        if (this._stale && this._shown) void this.load();
      },
      Math.max(REFRESH_MS, PAUSE * this._took)
    );
  }

  private async _save(): Promise<void> {
    const view = this._experiment?.view;
    if (!view) return;
    this._unsaved = false;
    this._saving++;
    try {
      await this._api.patch('/experiments/{name}', { params: { path: { name: this.name } }, body: { view } });
    } catch (reason) {
      this._fail(reason);
    } finally {
      this._saving--;
      this._saves++;
    }
  }

  private readonly _table: RunTable;
  private readonly _saver = new Debouncer(() => this._save(), SAVE_MS);
  private readonly _changed = new Signal<this, void>(this);
  private readonly _filterChanged = new Signal<this, string>(this);
  private _experiment: Experiment | null = null;
  private _view: View = { ...EMPTY, columns: ['name'], charts: [] };
  private _known: RunColumns = { items: [], runs: 0, cost: null, primary_metric: null };
  private _filter = '';
  private _error: ApiError | null = null;
  private _watched = new DisposableSet();
  private _request = 0;
  private _load = 0;
  private _timer: number | undefined;
  /** Milliseconds that the last refresh took. */
  private _took = 0;
  private _shown = false;
  private _stale = false;
  /** Whether the view has changed since it was saved. */
  private _unsaved = false;
  /** How often it is being saved, and has been. */
  private _saving = 0;
  private _saves = 0;
}
