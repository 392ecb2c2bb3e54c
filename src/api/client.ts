// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';

import { address, download, request } from './request';
import type { Query } from './request';
import type { AnswerOf, JobCreate, JobQuery, QueryOf } from './types';

/** The server's verbs, under the same names; every one of them throws ApiError. */
export class ApiClient {
  constructor(readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  getWorkspace(): Promise<AnswerOf<'getWorkspace'>> {
    return this._get(['workspace']);
  }

  listJobs(query: JobQuery = {}): Promise<AnswerOf<'listJobs'>> {
    return this._get(['jobs'], query);
  }

  /** `secrets` are values of the secrets that the job names; `rerunOf` is the job whose submitted notebook and code run again. */
  submitJob(job: JobCreate, secrets: Record<string, string> = {}, rerunOf?: string): Promise<AnswerOf<'submitJob'>> {
    return this._post(['jobs'], { job, secrets, rerun_of: rerunOf });
  }

  getJob(name: string): Promise<AnswerOf<'getJob'>> {
    return this._get(['jobs', name]);
  }

  deleteJob(name: string): Promise<AnswerOf<'deleteJob'>> {
    return request(this.settings, 'DELETE', address(this.settings, ['jobs', name]));
  }

  cancelJob(name: string): Promise<AnswerOf<'cancelJob'>> {
    return this._post(['jobs', name, 'cancel']);
  }

  /** Takes back a cancel or delete that is not done yet. */
  withdrawJobRequest(name: string): Promise<AnswerOf<'withdrawJobRequest'>> {
    return this._post(['jobs', name, 'withdraw']);
  }

  archiveJob(name: string): Promise<AnswerOf<'archiveJob'>> {
    return this._post(['jobs', name, 'archive']);
  }

  restoreJob(name: string): Promise<AnswerOf<'restoreJob'>> {
    return this._post(['jobs', name, 'restore']);
  }

  listAttempts(name: string): Promise<AnswerOf<'listAttempts'>> {
    return this._get(['jobs', name, 'attempts']);
  }

  /** What the last completed job with the same notebook took. */
  getDurationEstimate(name: string): Promise<AnswerOf<'getDurationEstimate'>> {
    return this._get(['jobs', name, 'duration-estimate']);
  }

  /** `offset` is where an earlier part said to go on. */
  getEventLog(name: string, query: QueryOf<'getEventLog'> = {}): Promise<AnswerOf<'getEventLog'>> {
    return this._get(['jobs', name, 'events'], query);
  }

  /** A piece of printed text; `position` is where a shortened event, a piece or a hit says that one begins. */
  getText(name: string, query: QueryOf<'getText'>): Promise<AnswerOf<'getText'>> {
    return this._get(['jobs', name, 'events', 'text'], query);
  }

  /** The printed lines that contain a text. */
  searchText(name: string, query: QueryOf<'searchText'>): Promise<AnswerOf<'searchText'>> {
    return this._get(['jobs', name, 'events', 'search'], query);
  }

  /** The notebook with what has run so far. */
  getNotebook(name: string, query: QueryOf<'getNotebook'> = {}): Promise<AnswerOf<'getNotebook'>> {
    return this._get(['jobs', name, 'notebook'], query);
  }

  getMetrics(name: string, query: QueryOf<'getMetrics'> = {}): Promise<AnswerOf<'getMetrics'>> {
    return this._get(['jobs', name, 'metrics'], query);
  }

  getUsage(name: string, query: QueryOf<'getUsage'> = {}): Promise<AnswerOf<'getUsage'>> {
    return this._get(['jobs', name, 'usage'], query);
  }

  listFiles(name: string): Promise<AnswerOf<'listFiles'>> {
    return this._get(['jobs', name, 'files']);
  }

  /** Where a file of a job can be downloaded. */
  fileUrl(name: string, path: string): string {
    return address(this.settings, ['jobs', name, 'files', ...path.split('/')]);
  }

  getFile(name: string, path: string): Promise<Blob> {
    return download(this.settings, this.fileUrl(name, path));
  }

  listExperiments(query: QueryOf<'listExperiments'> = {}): Promise<AnswerOf<'listExperiments'>> {
    return this._get(['experiments'], query);
  }

  getExperiment(name: string): Promise<AnswerOf<'getExperiment'>> {
    return this._get(['experiments', name]);
  }

  archiveExperiment(name: string): Promise<AnswerOf<'archiveExperiment'>> {
    return this._post(['experiments', name, 'archive']);
  }

  restoreExperiment(name: string): Promise<AnswerOf<'restoreExperiment'>> {
    return this._post(['experiments', name, 'restore']);
  }

  /** The form for a notebook, by its path in the file browser, or for running a job once more. */
  getJobForm(query: QueryOf<'getJobForm'>): Promise<AnswerOf<'getJobForm'>> {
    return this._get(['forms', 'job'], query);
  }

  private _get<T>(path: readonly string[], query: Query = {}): Promise<T> {
    return request(this.settings, 'GET', address(this.settings, path, query));
  }

  private _post<T>(path: readonly string[], body: object = {}): Promise<T> {
    return request(this.settings, 'POST', address(this.settings, path), body);
  }
}
