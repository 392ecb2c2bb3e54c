// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type {
  ApiClient,
  BulkResult,
  DurationEstimate,
  Job,
  JobChanged,
  JobCreate,
  JobProgressed,
  JobQuery
} from '../api';
import { UnsavedTexts } from '../components';
import { resourceApi, ResourceManager } from '../resources';
import type { Feed } from '../resources';
import { EventLog } from './eventLog';
import type { IJobChange, IJobManager } from './tokens';

/** Jobs: besides the operations of all resources, their states, event logs and requests. */
export class JobManager extends ResourceManager<Job, JobQuery, JobChanged> implements IJobManager {
  constructor(
    readonly api: ApiClient,
    feed: Feed,
    readonly unsaved = new UnsavedTexts()
  ) {
    super(resourceApi<Job, JobQuery>(api, '/jobs'), feed, 'job');
    feed.changed<JobProgressed>('job_progress').connect(this._onProgress, this);
    this.deleted.connect((_, name) => this._estimates.delete(name));
  }

  get stateChanged(): ISignal<this, IJobChange> {
    return this._stateChanged;
  }

  async durationEstimate(name: string): Promise<DurationEstimate> {
    let request = this._estimates.get(name);
    if (!request) this._estimates.set(name, (request = this.api.get('/jobs/{name}/duration-estimate', named(name))));
    try {
      return await request;
    } catch (reason) {
      this._estimates.delete(name);
      throw reason;
    }
  }

  follow(name: string, attempt?: number): EventLog {
    const eventLog = new EventLog(this.api, name, attempt ?? this.peek(name)?.attempt ?? 1);
    this._eventLogs.add(eventLog);
    eventLog.disposed.connect(() => this._eventLogs.delete(eventLog), this);
    return eventLog;
  }

  async submit(job: JobCreate, secrets: Record<string, string> = {}, rerunOf?: string): Promise<Job> {
    const submitted = await this.api.post('/jobs', { body: { job, secrets, rerun_of: rerunOf } });
    this.refreshWindows();
    return submitted;
  }

  async rerun(name: string, snapshot: boolean): Promise<Job> {
    const submitted = await this.api.post('/jobs/{name}/rerun', { ...named(name), body: { snapshot } });
    this.refreshWindows();
    return submitted;
  }

  cancel(name: string): Promise<Job> {
    return this.receive(this.api.post('/jobs/{name}/cancel', named(name)));
  }

  async cancelAll(query: JobQuery): Promise<BulkResult> {
    const result = await this.api.post('/jobs:cancel', { params: { query } });
    this.refreshWindows();
    return result;
  }

  override delete(name: string): Promise<Job> {
    return this.receive(this.api.delete('/jobs/{name}', named(name)));
  }

  withdraw(name: string): Promise<Job> {
    return this.receive(this.api.post('/jobs/{name}/withdraw', named(name)));
  }

  override dispose(): void {
    for (const eventLog of [...this._eventLogs]) eventLog.dispose();
    super.dispose();
  }

  protected override onEvent(event: JobChanged): void {
    const { type, name } = event;
    if (type !== 'job_deleted') {
      const { progress, ...values } = event.data;
      const { state, attempt, display_name } = values;
      this.patch(name, job => ({ ...job, ...values, progress: progress ?? job.progress }), this.tick());
      if (type === 'job_state_changed') this._stateChanged.emit({ name, display_name, state });
      this._readMore(name, attempt);
    }
    super.onEvent(event);
  }

  protected override onStale(): void {
    super.onStale();
    for (const eventLog of this._eventLogs) void eventLog.more();
  }

  /** Fetch a watched job, and emit `stateChanged` if an event for that was missed. */
  protected override async catchUp(name: string): Promise<void> {
    const known = this.peek(name)?.state;
    await super.catchUp(name);
    const job = this.peek(name);
    if (!job || !known || job.state === known) return;
    this._stateChanged.emit({ name, display_name: job.display_name, state: job.state });
  }

  private _onProgress(_: Feed, { name, attempt, progress, eta_at, usage, metrics }: JobProgressed): void {
    this.patch(name, job => ({
      ...job,
      progress: progress ?? job.progress,
      eta_at: eta_at ?? null,
      usage: usage ?? job.usage,
      metrics: { ...job.metrics, ...metrics }
    }));
    this._readMore(name, attempt);
  }

  private _readMore(name: string, attempt: number): void {
    for (const eventLog of this._eventLogs) {
      if (eventLog.name === name && eventLog.attempt === attempt) void eventLog.more();
    }
  }

  private readonly _estimates = new Map<string, Promise<DurationEstimate>>();
  private readonly _eventLogs = new Set<EventLog>();
  private readonly _stateChanged = new Signal<this, IJobChange>(this);
}

const named = (name: string) => ({ params: { path: { name } } }) as const;
