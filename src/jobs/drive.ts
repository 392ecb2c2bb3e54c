// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PathExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { ApiClient, Job, JobFile } from '../api';

/** The contents drive of job files: `jupyter-ml-jobs:JOB/PATH`. */
export const DRIVE = 'jupyter-ml-jobs';

/**
 * Return the drive path of a job's executed notebook; the file name contains the job, because it is the tab's title.
 */
export function notebookPath({ name, spec }: Job): string {
  const stem = spec?.type === 'notebook' ? PathExt.basename(spec.notebook, PathExt.extname(spec.notebook)) : 'notebook';
  return `${DRIVE}:${name}/${stem}-${name}.ipynb`;
}

/** Return the drive path of a job's file. */
export function filePath(name: string, { path }: Pick<JobFile, 'path'>): string {
  return `${DRIVE}:${name}/${path}`;
}

/** Return the job of a drive path; null for other paths. */
export function jobOf(path: string): string | null {
  return path.startsWith(`${DRIVE}:`) ? path.slice(DRIVE.length + 1).split('/')[0] : null;
}

/** A read-only contents drive of job files. */
export class JobDrive implements Contents.IDrive {
  /** @param refusal - The message of the error that writing raises. */
  constructor(
    private readonly _api: ApiClient,
    private readonly _refusal: string
  ) {
    this.serverSettings = _api.settings;
  }

  readonly name = DRIVE;
  readonly serverSettings: ServerConnection.ISettings;
  isDisposed = false;

  get fileChanged(): ISignal<this, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  async get(path: string, options?: Contents.IFetchOptions): Promise<Contents.IModel> {
    try {
      const { JobDocuments } = await import('./documents'); // not needed at startup
      return await new JobDocuments(this._api).get(path, options);
    } catch (reason) {
      throw toResponseError(ApiError.from(reason));
    }
  }

  getDownloadUrl(path: string): Promise<string> {
    const [job, file] = parse(path);
    return Promise.resolve(this._api.fileUrl(job, file ?? 'output.ipynb'));
  }

  listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([]);
  }

  newUntitled = this._refuse.bind(this);
  delete = this._refuse.bind(this);
  rename = this._refuse.bind(this);
  save = this._refuse.bind(this);
  copy = this._refuse.bind(this);
  createCheckpoint = this._refuse.bind(this);
  restoreCheckpoint = this._refuse.bind(this);
  deleteCheckpoint = this._refuse.bind(this);

  dispose(): void {
    this.isDisposed = true;
    Signal.clearData(this);
  }

  private _refuse(): Promise<never> {
    return Promise.reject(toResponseError(new ApiError(this._refusal, 'forbidden', 403)));
  }

  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
}

/** Return the job and file of a path in the drive; the file is null for the executed notebook. */
export function parse(path: string): [job: string, file: string | null] {
  const [job, ...rest] = path.split('/');
  const file = rest.join('/');
  return [job, rest.length === 1 && file.endsWith(`-${job}.ipynb`) ? null : file];
}

/** Convert an error to what JupyterLab expects of a drive. */
function toResponseError({ message, status }: ApiError): ServerConnection.ResponseError {
  return new ServerConnection.ResponseError(new Response(null, { status: status || 500 }), message);
}
