// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PathExt } from '@jupyterlab/coreutils';
import type { IMimeBundle, INotebookContent, IOutput } from '@jupyterlab/nbformat';
import { ServerConnection } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { ApiClient, Job, JobFile } from '../api';

/** Where what jobs have made can be opened from: `jupyter-ml-jobs:JOB/PATH`. */
export const DRIVE = 'jupyter-ml-jobs';

const WIDGET = 'application/vnd.jupyter.widget-view+json';

/** How many bytes are made text at once: a function takes only so many arguments. */
const PIECE = 10_000;

/** Where the executed notebook of a job is, named so that the title of its tab tells whose it is. */
export function notebookPath({ name, spec }: Job): string {
  const stem = spec?.type === 'notebook' ? PathExt.basename(spec.notebook, PathExt.extname(spec.notebook)) : 'notebook';
  return `${DRIVE}:${name}/${stem}-${name}.ipynb`;
}

/** Where a file of a job is. */
export function filePath(name: string, { path }: Pick<JobFile, 'path'>): string {
  return `${DRIVE}:${name}/${path}`;
}

/** The job that a document is of; null where it is a file of the user. */
export function jobOf(path: string): string | null {
  return path.startsWith(`${DRIVE}:`) ? path.slice(DRIVE.length + 1).split('/')[0] : null;
}

/** What jobs have made, for JupyterLab's documents; to be read only. */
export class JobDrive implements Contents.IDrive {
  /** @param refusal - What to say to somebody who wants to write. */
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

  /** As a notebook for its reader; as a file exactly what there is. */
  async get(path: string, { content = true, type, format }: Contents.IFetchOptions = {}): Promise<Contents.IModel> {
    const [job, file] = parse(path);
    try {
      if (file === null && type !== 'file') return await this._notebook(path, job, content);
      return await this._file(path, job, file, content ? (format ?? 'base64') : null);
    } catch (reason) {
      throw failure(ApiError.from(reason));
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

  private async _notebook(path: string, job: string, content: boolean): Promise<Contents.IModel> {
    const model = { ...(await this._about(path, job, null)), type: 'notebook' };
    if (!content) return model;
    return { ...model, format: 'json', content: legible((await this._api.getNotebook(job)) as INotebookContent) };
  }

  private async _file(
    path: string,
    job: string,
    file: string | null,
    format: Contents.FileFormat | null
  ): Promise<Contents.IModel> {
    const model = await this._about(path, job, file);
    if (!format) return model;
    const bytes = await this._bytes(job, file);
    return { ...model, format, content: format === 'text' ? textOf(bytes, model.name) : base64Of(bytes) };
  }

  private async _bytes(job: string, file: string | null): Promise<Uint8Array> {
    if (file !== null) return new Uint8Array(await (await this._api.getFile(job, file)).arrayBuffer());
    return new TextEncoder().encode(JSON.stringify(await this._api.getNotebook(job), null, 1));
  }

  /** What there is to say of a file but its content. */
  private async _about(path: string, job: string, name: string | null): Promise<Contents.IModel> {
    const common = { name: PathExt.basename(path), path, type: 'file', writable: false, format: null, content: null };
    if (name === null) {
      const { created_at: created, started_at, ended_at } = await this._api.getJob(job);
      return { ...common, created, last_modified: ended_at ?? started_at ?? created, mimetype: '' };
    }
    const file = (await this._api.listFiles(job)).items.find(each => each.path === name);
    if (!file) throw new ApiError(`The job ${job} has no file ${name}`, 'not_found', 404);
    const { modified_at: at, media_type: mimetype, size_bytes: size } = file;
    return { ...common, created: at, last_modified: at, mimetype, size };
  }

  private _refuse(): Promise<never> {
    return Promise.reject(failure(new ApiError(this._refusal, 'forbidden', 403)));
  }

  private readonly _fileChanged = new Signal<this, Contents.IChangedArgs>(this);
}

/** The job and its file that a path in the drive means; null instead of a file for the executed notebook. */
function parse(path: string): [job: string, file: string | null] {
  const [job, ...rest] = path.split('/');
  const file = rest.join('/');
  return [job, rest.length === 1 && file.endsWith(`-${job}.ipynb`) ? null : file];
}

/** A notebook whose widgets are shown in the words that were kept of them: no kernel is there to show themselves. */
function legible(notebook: INotebookContent): INotebookContent {
  const read = (output: IOutput): IOutput => {
    const { [WIDGET]: widget, ...data } = (output.data ?? {}) as IMimeBundle;
    return widget !== undefined && 'text/plain' in data ? { ...output, data } : output;
  };
  const cells = notebook.cells.map(cell =>
    Array.isArray(cell.outputs) ? { ...cell, outputs: (cell.outputs as IOutput[]).map(read) } : cell
  );
  return { ...notebook, cells };
}

/** The error that JupyterLab expects of a drive. */
function failure({ message, status }: ApiError): ServerConnection.ResponseError {
  return new ServerConnection.ResponseError(new Response(null, { status: status || 500 }), message);
}

function textOf(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError(`${name} is not text in UTF-8`, 'invalid', 400);
  }
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
