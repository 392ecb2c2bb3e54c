// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDisposable } from '@lumino/disposable';
import { DisposableDelegate } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { ApiClient, DurationEstimate, Job, JobChanged, JobCreate, JobProgressed, JobQuery } from '../api';
import { RowWindow } from '../resources';
import type { Feed } from '../resources';
import { EventLog } from './eventLog';
import type { IJobChange, IJobManager } from './tokens';

interface IWatched {
  watchers: number;
  job?: Job;
}

/** Jobs; keeps visible jobs up to date. */
export class JobManager implements IJobManager {
  constructor(
    readonly api: ApiClient,
    feed: Feed
  ) {
    feed.job.connect(this._onJob, this);
    feed.eventLog.connect(this._onEventLog, this);
    feed.stale.connect(this._onStale, this);
  }

  get changed(): ISignal<this, Job> {
    return this._changed;
  }

  get stateChanged(): ISignal<this, IJobChange> {
    return this._stateChanged;
  }

  get deleted(): ISignal<this, string> {
    return this._deleted;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  peek(name: string): Job | undefined {
    const watched = this._watched.get(name)?.job;
    if (watched) return watched;
    for (const window of this._windows) {
      const index = window.indexOf(name);
      if (index >= 0) return window.row(index);
    }
    return undefined;
  }

  async get(name: string): Promise<Job> {
    return this._store(await this.api.getJob(name));
  }

  async durationEstimate(name: string): Promise<DurationEstimate> {
    let request = this._estimates.get(name);
    if (!request) this._estimates.set(name, (request = this.api.getDurationEstimate(name)));
    try {
      return await request;
    } catch (reason) {
      this._estimates.delete(name);
      throw reason;
    }
  }

  watch(name: string): IDisposable {
    const watched = this._watched.get(name) ?? { watchers: 0, job: this.peek(name) };
    this._watched.set(name, watched);
    watched.watchers++;
    return new DisposableDelegate(() => {
      if (--watched.watchers === 0) this._watched.delete(name);
    });
  }

  window(query: JobQuery = {}): RowWindow<Job, JobQuery> {
    const window = new RowWindow<Job, JobQuery>(request => this.api.listJobs(request), query);
    this._windows.add(window);
    window.disposed.connect(() => this._windows.delete(window), this);
    return window;
  }

  follow(name: string, attempt?: number): EventLog {
    const eventLog = new EventLog(this.api, name, attempt ?? this.peek(name)?.attempt ?? 1);
    this._eventLogs.add(eventLog);
    eventLog.disposed.connect(() => this._eventLogs.delete(eventLog), this);
    return eventLog;
  }

  async submit(job: JobCreate, secrets: Record<string, string> = {}, rerunOf?: string): Promise<Job> {
    const submitted = await this.api.submitJob(job, secrets, rerunOf);
    this._refreshWindows();
    return submitted;
  }

  async cancel(name: string): Promise<Job> {
    return this._store(await this.api.cancelJob(name));
  }

  async archive(name: string): Promise<Job> {
    return this._storeMoved(await this.api.archiveJob(name));
  }

  async restore(name: string): Promise<Job> {
    return this._storeMoved(await this.api.restoreJob(name));
  }

  async delete(name: string): Promise<Job> {
    return this._store(await this.api.deleteJob(name));
  }

  async withdraw(name: string): Promise<Job> {
    return this._store(await this.api.withdrawJobRequest(name));
  }

  dispose(): void {
    if (this._isDisposed) return;
    this._isDisposed = true;
    for (const item of [...this._windows, ...this._eventLogs]) item.dispose();
    Signal.clearData(this);
  }

  private _onJob(_: Feed, event: JobChanged): void {
    if (event.type === 'job_deleted') {
      this._remove(event.name);
      return;
    }
    const { name, state, attempt, display_name, experiment_name, progress } = event;
    const summary = { state, attempt, display_name, experiment_name, ...(progress ? { progress } : {}) };
    this._patch(name, job => ({ ...job, ...summary }));
    if (event.type === 'job_state_changed') this._stateChanged.emit({ name, display_name, state });
    if (this._watched.has(name)) void this._fetch(name);
    this._refreshWindows();
    this._readMore(name, attempt);
  }

  private _onEventLog(_: Feed, event: JobProgressed): void {
    const { name, attempt } = event;
    this._patch(name, job => ({
      ...job,
      progress: event.progress ?? job.progress,
      usage: event.usage ?? job.usage,
      metrics: { ...job.metrics, ...event.metrics }
    }));
    this._readMore(name, attempt);
  }

  private _onStale(): void {
    this._refreshWindows();
    for (const name of this._watched.keys()) void this._catchUp(name);
    for (const eventLog of this._eventLogs) void eventLog.more();
  }

  private _readMore(name: string, attempt: number): void {
    for (const eventLog of this._eventLogs) {
      if (eventLog.name === name && eventLog.attempt === attempt) void eventLog.more();
    }
  }

  private _refreshWindows(): void {
    for (const window of this._windows) window.scheduleRefresh();
  }

  /** Fetch a watched job. An error leaves it unchanged, unless the job does not exist any more. */
  private async _fetch(name: string): Promise<void> {
    try {
      await this.get(name);
    } catch (reason) {
      if (ApiError.from(reason).status === 404) this._remove(name);
    }
  }

  /** Fetch a watched job, and emit `stateChanged` if an event for that was missed. */
  private async _catchUp(name: string): Promise<void> {
    const known = this._watched.get(name)?.job?.state;
    await this._fetch(name);
    const job = this._watched.get(name)?.job;
    if (!job || !known || job.state === known) return;
    this._stateChanged.emit({ name, display_name: job.display_name, state: job.state });
  }

  private _store(job: Job): Job {
    const watched = this._watched.get(job.name);
    if (watched) watched.job = job;
    for (const window of this._windows) window.update(job.name, () => job);
    this._changed.emit(job);
    return job;
  }

  private _storeMoved(job: Job): Job {
    this._refreshWindows();
    return this._store(job);
  }

  /** Apply an event to the known copies of a job. */
  private _patch(name: string, change: (job: Job) => Job): void {
    let newer: Job | undefined;
    for (const window of this._windows) newer = window.update(name, change) ?? newer;
    const watched = this._watched.get(name);
    if (watched?.job) newer = watched.job = change(watched.job);
    if (newer) this._changed.emit(newer);
  }

  private _remove(name: string): void {
    this._estimates.delete(name);
    this._refreshWindows();
    this._deleted.emit(name);
  }

  private readonly _watched = new Map<string, IWatched>();
  private readonly _estimates = new Map<string, Promise<DurationEstimate>>();
  private readonly _windows = new Set<RowWindow<Job, JobQuery>>();
  private readonly _eventLogs = new Set<EventLog>();
  private readonly _changed = new Signal<this, Job>(this);
  private readonly _stateChanged = new Signal<this, IJobChange>(this);
  private readonly _deleted = new Signal<this, string>(this);
  private _isDisposed = false;
}
