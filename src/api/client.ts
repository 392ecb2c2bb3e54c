// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';

import { download, request, urlOf } from './request';
import type { Query } from './request';
import type { JobCreate, JobQuery, QueryOf, ResponseOf } from './types';

/** Client of the REST API, with a method for each operation; all methods throw ApiError. */
export class ApiClient {
  constructor(readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {}

  getWorkspace(): Promise<ResponseOf<'getWorkspace'>> {
    return this._get(['workspace']);
  }

  listJobs(query: JobQuery = {}): Promise<ResponseOf<'listJobs'>> {
    return this._get(['jobs'], query);
  }

  /** Submit a job. `secrets` contains the values of the secrets that the job names; `rerunOf` is the job to rerun. */
  submitJob(job: JobCreate, secrets: Record<string, string> = {}, rerunOf?: string): Promise<ResponseOf<'submitJob'>> {
    return this._post(['jobs'], { job, secrets, rerun_of: rerunOf });
  }

  getJob(name: string): Promise<ResponseOf<'getJob'>> {
    return this._get(['jobs', name]);
  }

  deleteJob(name: string): Promise<ResponseOf<'deleteJob'>> {
    return request(this.settings, 'DELETE', urlOf(this.settings, ['jobs', name]));
  }

  cancelJob(name: string): Promise<ResponseOf<'cancelJob'>> {
    return this._post(['jobs', name, 'cancel']);
  }

  /** Withdraw a cancel or delete request that has not been carried out. */
  withdrawJobRequest(name: string): Promise<ResponseOf<'withdrawJobRequest'>> {
    return this._post(['jobs', name, 'withdraw']);
  }

  archiveJob(name: string): Promise<ResponseOf<'archiveJob'>> {
    return this._post(['jobs', name, 'archive']);
  }

  restoreJob(name: string): Promise<ResponseOf<'restoreJob'>> {
    return this._post(['jobs', name, 'restore']);
  }

  listAttempts(name: string): Promise<ResponseOf<'listAttempts'>> {
    return this._get(['jobs', name, 'attempts']);
  }

  /** Return how long the latest similar job took. */
  getDurationEstimate(name: string): Promise<ResponseOf<'getDurationEstimate'>> {
    return this._get(['jobs', name, 'duration-estimate']);
  }

  /** Return a part of the event log; `offset` is the one that the previous part returned. */
  getEventLog(name: string, query: QueryOf<'getEventLog'> = {}): Promise<ResponseOf<'getEventLog'>> {
    return this._get(['jobs', name, 'events'], query);
  }

  /**
   * Return a piece of printed text, from the `position` of a shortened event, of the previous piece, or of a search
   * result.
   */
  getText(name: string, query: QueryOf<'getText'>): Promise<ResponseOf<'getText'>> {
    return this._get(['jobs', name, 'events', 'text'], query);
  }

  /** Return the printed lines that contain a text. */
  searchText(name: string, query: QueryOf<'searchText'>): Promise<ResponseOf<'searchText'>> {
    return this._get(['jobs', name, 'events', 'search'], query);
  }

  /** Return the notebook with the outputs so far. */
  getNotebook(name: string, query: QueryOf<'getNotebook'> = {}): Promise<ResponseOf<'getNotebook'>> {
    return this._get(['jobs', name, 'notebook'], query);
  }

  getMetrics(name: string, query: QueryOf<'getMetrics'> = {}): Promise<ResponseOf<'getMetrics'>> {
    return this._get(['jobs', name, 'metrics'], query);
  }

  getUsage(name: string, query: QueryOf<'getUsage'> = {}): Promise<ResponseOf<'getUsage'>> {
    return this._get(['jobs', name, 'usage'], query);
  }

  listFiles(name: string): Promise<ResponseOf<'listFiles'>> {
    return this._get(['jobs', name, 'files']);
  }

  /** Return the URL from which a file of a job can be downloaded. */
  fileUrl(name: string, path: string): string {
    return urlOf(this.settings, ['jobs', name, 'files', ...path.split('/')]);
  }

  getFile(name: string, path: string): Promise<Blob> {
    return download(this.settings, this.fileUrl(name, path));
  }

  listExperiments(query: QueryOf<'listExperiments'> = {}): Promise<ResponseOf<'listExperiments'>> {
    return this._get(['experiments'], query);
  }

  getExperiment(name: string): Promise<ResponseOf<'getExperiment'>> {
    return this._get(['experiments', name]);
  }

  archiveExperiment(name: string): Promise<ResponseOf<'archiveExperiment'>> {
    return this._post(['experiments', name, 'archive']);
  }

  restoreExperiment(name: string): Promise<ResponseOf<'restoreExperiment'>> {
    return this._post(['experiments', name, 'restore']);
  }

  /** Return the form for a notebook, by its contents path, or for rerunning a job. */
  getJobForm(query: QueryOf<'getJobForm'>): Promise<ResponseOf<'getJobForm'>> {
    return this._get(['forms', 'job'], query);
  }

  private _get<T>(path: readonly string[], query: Query = {}): Promise<T> {
    return request(this.settings, 'GET', urlOf(this.settings, path, query));
  }

  private _post<T>(path: readonly string[], body: object = {}): Promise<T> {
    return request(this.settings, 'POST', urlOf(this.settings, path), body);
  }
}
