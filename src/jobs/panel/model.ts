// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDisposable } from '@lumino/disposable';
import { DisposableSet } from '@lumino/disposable';
import { Throttler } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError, RequestOrder } from '../../api';
import type { Attempt, AttemptEvent, DurationEstimate, Job, JobUpdate, UsageHistory } from '../../api';
import type { IOpenJobArgs } from '../commands';
import { isFinal } from '../state';
import type { IEventLog, IJobManager } from '../tokens';
import { FilesModel } from './files/model';
import { jobFiles } from './files/source';
import { LogModel } from './log/model';
import { MetricsModel } from './metrics/model';
import { NotebookModel } from './notebook/model';
import { RunModel } from './run/model';
import type { Describe } from './run/state';
import { TrackedModel } from './tracked';

const MAX_HITS = 10_000;
const USAGE_MS = 2_000;
const USAGE_POINTS = 200;

export type Tab = NonNullable<IOpenJobArgs['tab']>;

/** The state of a job's panel. */
export class JobModel implements IDisposable {
  constructor(
    readonly jobs: IJobManager,
    readonly name: string,
    describe: Describe,
    private _tab: Tab = 'overview'
  ) {
    this._run = new RunModel(jobs.api, name, describe);
    this.notebook = new NotebookModel(jobs.api, name, this._run);
    this.files = new FilesModel(jobFiles(jobs.api, name));
    this.tracked = new TrackedModel(jobs.api, name);
    this.metrics = new MetricsModel(jobs, [name]);
    this.log = new LogModel({
      getText: (position, limit) =>
        jobs.api.get('/jobs/{name}/events/text', this._ofAttempt({ position, limit_bytes: limit })),
      search: text => jobs.api.get('/jobs/{name}/events/search', this._ofAttempt({ text, limit: MAX_HITS }))
    });
    this._resources = DisposableSet.from([jobs.watch(name), this._usageThrottler]);
    jobs.changed.connect(this._onChanged, this);
    jobs.deleted.connect(this._onDeleted, this);
    this._show(this.job);
    void this.refresh();
  }

  readonly notebook: NotebookModel;
  readonly log: LogModel;
  readonly files: FilesModel;
  readonly tracked: TrackedModel;
  readonly metrics: MetricsModel;

  /** Undefined until the first response, unless a list has loaded it. */
  get job(): Job | undefined {
    return this.jobs.peek(this.name);
  }

  get error(): ApiError | null {
    return this._error;
  }

  get usage(): UsageHistory['points'] {
    return this._usage;
  }

  /** Whether the job was deleted; data that was loaded stays. */
  get deleted(): boolean {
    return this._deleted;
  }

  get estimate(): DurationEstimate | null {
    return this._estimate;
  }

  /** Attempts of a job that has several. */
  get attempts(): readonly Attempt[] {
    return this._attempts;
  }

  /** The attempt that notebook and log show; null before the first. */
  get attempt(): number | null {
    return this._eventLog?.attempt ?? null;
  }

  /** The error of reading the event log. */
  get eventLogError(): ApiError | null {
    return this._eventLog?.error ?? null;
  }

  /** What of the job does not exist any more, e.g. because its directory was deleted. */
  get problem(): string | null {
    return this._eventLog?.problem ?? null;
  }

  get tab(): Tab {
    return this._tab;
  }

  /** Emitted when any of these properties has changed; the parts have their own signals. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get tabChanged(): ISignal<this, void> {
    return this._tabChanged;
  }

  get isDisposed(): boolean {
    return this._resources.isDisposed;
  }

  setTab(tab: Tab): void {
    if (tab === this._tab) return;
    this._tab = tab;
    if (tab === 'outputs') void this.files.refresh(); // no event announces what is deleted in MLflow
    this._tabChanged.emit();
    this._changed.emit();
  }

  /** Show notebook and log of an attempt. */
  setAttempt(attempt: number): void {
    if (attempt === this.attempt) return;
    this._eventLog?.dispose();
    const eventLog = (this._eventLog = this.jobs.follow(this.name, attempt));
    this._run.reset(eventLog);
    if (this.job?.type === 'notebook') this.notebook.reset();
    this.log.reset();
    this._setEnd();
    eventLog.appended.connect(this._onAppended, this);
    void this._fetchUsage();
    this._changed.emit();
  }

  /** Change the name, the note or tags of the job. */
  async update(change: JobUpdate, revision?: number): Promise<Job> {
    const job = await this.jobs.update(this.name, change, revision);
    if (job.run_id) void this.tracked.refresh(); // the MLflow run has the same tags
    return job;
  }

  async refresh(): Promise<void> {
    try {
      await this.jobs.get(this.name);
      this._error = null;
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    if (!this.isDisposed) this._changed.emit();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this._resources.dispose();
    this._eventLog?.dispose();
    for (const part of [this.notebook, this.log, this.files, this.tracked, this.metrics]) part.dispose();
    Signal.clearData(this);
  }

  private _onChanged(_: unknown, job: Job): void {
    if (job.name !== this.name) return;
    this._error = null; // e.g. of the first request, while the server was away
    this._show(job);
    this._changed.emit();
  }

  private _onDeleted(_: unknown, name: string): void {
    if (name !== this.name || this._deleted) return;
    this._deleted = true;
    this._changed.emit();
  }

  /** Follow the latest attempt, and fetch what changes only with the state. */
  private _show(job: Job | undefined): void {
    if (!job || (job.state === this._state && job.attempt === this._newest)) return;
    const isNew = job.attempt > this._newest;
    [this._state, this._newest] = [job.state, job.attempt];
    if (isNew) this.setAttempt(job.attempt);
    else if (job.attempt) void this._fetchUsage();
    this._setEnd();
    if (job.attempt) void this.files.refresh();
    if (job.run_id) void this.tracked.refresh();
    // fetched early, because a chart of a million points takes the server half a second
    if (Object.keys(job.metrics).length) this.metrics.refresh();
    if (job.attempt > 1) void this._fetchAttempts();
    if (job.type === 'notebook' && !isFinal(job.state) && !this._estimate) void this._fetchEstimate();
  }

  /** Set how the attempt ended: an executor that was killed wrote no last event. */
  private _setEnd(): void {
    const { job, attempt } = this;
    const end = job?.attempt === attempt ? job : this._attempts.find(({ number }) => number === attempt);
    this._run.end(end && isFinal(end.state) ? end : null);
    this.notebook.update();
  }

  private _onAppended(_: IEventLog, events: readonly AttemptEvent[]): void {
    this.log.append(this._run.append(events));
    if (this.job?.type === 'notebook') this.notebook.update(events);
    if (events.some(({ type }) => type === 'sample')) void this._usageThrottler.invoke();
    if (!events.length) this._changed.emit();
  }

  /** Fetch the resource usage; without it the panel shows no sparklines. */
  private async _fetchUsage(): Promise<void> {
    const isNewest = this._usageOrder.next();
    const found = await this.jobs.api
      .get('/jobs/{name}/usage', this._ofAttempt({ max_points: USAGE_POINTS }))
      .catch(() => null);
    if (!found || this.isDisposed || !isNewest()) return;
    this._usage = found.points;
    this._changed.emit();
  }

  private async _fetchAttempts(): Promise<void> {
    const isNewest = this._attemptsOrder.next();
    const found = await this.jobs.api
      .get('/jobs/{name}/attempts', { params: { path: { name: this.name } } })
      .catch(() => []);
    if (this.isDisposed || !isNewest()) return;
    this._attempts = found;
    this._setEnd();
    this._changed.emit();
  }

  /** Fetch the duration estimate; without it all segments have the same width. */
  private async _fetchEstimate(): Promise<void> {
    this._estimate = await this.jobs.durationEstimate(this.name).catch(() => null);
    if (!this.isDisposed) this._changed.emit();
  }

  private _ofAttempt<Q extends object>(
    query: Q
  ): { params: { path: { name: string }; query: Q & { attempt?: number } } } {
    return { params: { path: { name: this.name }, query: { ...query, attempt: this.attempt ?? undefined } } };
  }

  private readonly _resources: DisposableSet;
  private readonly _run: RunModel;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _tabChanged = new Signal<this, void>(this);
  private readonly _usageThrottler = new Throttler(() => this._fetchUsage(), { limit: USAGE_MS, edge: 'trailing' });
  private readonly _usageOrder = new RequestOrder();
  private readonly _attemptsOrder = new RequestOrder();
  private _eventLog: IEventLog | null = null;
  private _state: Job['state'] | null = null;
  private _newest = 0;
  private _usage: UsageHistory['points'] = [];
  private _attempts: readonly Attempt[] = [];
  private _estimate: DurationEstimate | null = null;
  private _error: ApiError | null = null;
  private _deleted = false;
}
