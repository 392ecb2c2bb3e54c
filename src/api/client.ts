import { ServerConnection } from '@jupyterlab/services';

import { address, request } from './request';
import type { Query } from './request';
import type {
  Attempt,
  Experiment,
  Job,
  JobCreate,
  JobForm,
  JobQuery,
  ListQuery,
  MetricSeries,
  Page,
  SpoolPage,
  Workspace
} from './types';

/** The server's verbs, under the same names; every one of them throws ApiError. */
export class ApiClient {
  constructor(readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  getWorkspace(): Promise<Workspace> {
    return this._get(['workspace']);
  }

  listJobs(query: JobQuery = {}): Promise<Page<Job>> {
    return this._get(['jobs'], { ...query });
  }

  submitJob(job: JobCreate, secrets: Record<string, string> = {}): Promise<Job> {
    return this._post(['jobs'], { job, secrets });
  }

  getJob(name: string): Promise<Job> {
    return this._get(['jobs', name]);
  }

  deleteJob(name: string): Promise<void> {
    return request(this.settings, 'DELETE', address(this.settings, ['jobs', name]));
  }

  cancelJob(name: string): Promise<Job> {
    return this._post(['jobs', name, 'cancel']);
  }

  archiveJob(name: string): Promise<Job> {
    return this._post(['jobs', name, 'archive']);
  }

  restoreJob(name: string): Promise<Job> {
    return this._post(['jobs', name, 'restore']);
  }

  listAttempts(name: string): Promise<Attempt[]> {
    return this._get(['jobs', name, 'attempts']);
  }

  readSpool(name: string, at: { attempt?: number; offset?: number; limit_bytes?: number }): Promise<SpoolPage> {
    return this._get(['jobs', name, 'spool'], at);
  }

  getNotebook<T>(name: string): Promise<T> {
    return this._get(['jobs', name, 'notebook']);
  }

  getMetrics(name: string, query: { key?: string[]; max_points?: number } = {}): Promise<{ series: MetricSeries[] }> {
    return this._get(['jobs', name, 'metrics'], query);
  }

  getUsage<T>(name: string): Promise<T> {
    return this._get(['jobs', name, 'usage']);
  }

  listFiles<T>(name: string): Promise<T> {
    return this._get(['jobs', name, 'files']);
  }

  /** Where the browser can download a file of a job. */
  fileUrl(name: string, path: string): string {
    return address(this.settings, ['jobs', name, 'files', ...path.split('/')]);
  }

  listExperiments(query: ListQuery = {}): Promise<Page<Experiment>> {
    return this._get(['experiments'], { ...query });
  }

  getExperiment(name: string): Promise<Experiment> {
    return this._get(['experiments', name]);
  }

  archiveExperiment(name: string): Promise<Experiment> {
    return this._post(['experiments', name, 'archive']);
  }

  restoreExperiment(name: string): Promise<Experiment> {
    return this._post(['experiments', name, 'restore']);
  }

  /** The form for a notebook; `path` as the file browser says it. */
  getForm(path: string): Promise<JobForm> {
    return this._get(['form'], { path });
  }

  private _get<T>(path: readonly string[], query: Query = {}): Promise<T> {
    return request(this.settings, 'GET', address(this.settings, path, query));
  }

  private _post<T>(path: readonly string[], body?: unknown): Promise<T> {
    return request(this.settings, 'POST', address(this.settings, path), body ?? {});
  }
}
