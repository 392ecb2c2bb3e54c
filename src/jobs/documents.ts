// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PathExt } from '@jupyterlab/coreutils';
import type { IMimeBundle, INotebookContent, IOutput } from '@jupyterlab/nbformat';
import type { Contents } from '@jupyterlab/services';

import { ApiError } from '../api';
import type { ApiClient } from '../api';
import { parse } from './drive';

const WIDGET = 'application/vnd.jupyter.widget-view+json';

/** Bytes that are converted at once: the number of arguments of a function is limited. */
const CHUNK = 10_000;

/** Reads the files of jobs as documents. */
export class JobDocuments {
  constructor(private readonly _api: ApiClient) {}

  /** Return the executed notebook as nbformat for display, or any file unchanged. */
  async get(path: string, { content = true, type, format }: Contents.IFetchOptions = {}): Promise<Contents.IModel> {
    const [job, file] = parse(path);
    if (file === null && type !== 'file') return this._notebook(path, job, content);
    return this._file(path, job, file, content ? (format ?? 'base64') : null);
  }

  private async _notebook(path: string, job: string, content: boolean): Promise<Contents.IModel> {
    const model = { ...(await this._metadata(path, job, null)), type: 'notebook' };
    if (!content) return model;
    return {
      ...model,
      format: 'json',
      content: withoutWidgets((await this._getNotebook(job)) as INotebookContent)
    };
  }

  private async _file(
    path: string,
    job: string,
    file: string | null,
    format: Contents.FileFormat | null
  ): Promise<Contents.IModel> {
    const model = await this._metadata(path, job, file);
    if (!format) return model;
    const bytes = await this._bytes(job, file);
    return { ...model, format, content: format === 'text' ? textOf(bytes, model.name) : base64Of(bytes) };
  }

  private async _bytes(job: string, file: string | null): Promise<Uint8Array> {
    if (file !== null) return new Uint8Array(await (await this._api.getFile(job, file)).arrayBuffer());
    return new TextEncoder().encode(JSON.stringify(await this._getNotebook(job), null, 1));
  }

  private _getNotebook(job: string): Promise<object> {
    return this._api.get('/jobs/{name}/notebook', named(job));
  }

  /** Return the model of a file without its content. */
  private async _metadata(path: string, job: string, name: string | null): Promise<Contents.IModel> {
    const common = { name: PathExt.basename(path), path, type: 'file', writable: false, format: null, content: null };
    if (name === null) {
      const { created_at: created, started_at, ended_at } = await this._api.get('/jobs/{name}', named(job));
      return { ...common, created, last_modified: ended_at ?? started_at ?? created, mimetype: '' };
    }
    const { items } = await this._api.get('/jobs/{name}/files', {
      params: { path: { name: job }, query: { path: name } }
    });
    const file = items.find(each => each.path === name && !each.directory);
    if (!file) throw new ApiError(`The job ${job} has no file ${name}`, 'not_found', 404);
    const { modified_at: at, media_type: mimetype, size_bytes: size } = file;
    return { ...common, created: at ?? '', last_modified: at ?? '', mimetype, ...(size === null ? {} : { size }) };
  }
}

const named = (name: string) => ({ params: { path: { name } } }) as const;

/** Replace widgets in a notebook by their text: no kernel is running that could render them. */
function withoutWidgets(notebook: INotebookContent): INotebookContent {
  const read = (output: IOutput): IOutput => {
    const { [WIDGET]: widget, ...data } = (output.data ?? {}) as IMimeBundle;
    return widget !== undefined && 'text/plain' in data ? { ...output, data } : output;
  };
  const cells = notebook.cells.map(cell =>
    Array.isArray(cell.outputs) ? { ...cell, outputs: (cell.outputs as IOutput[]).map(read) } : cell
  );
  return { ...notebook, cells };
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
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}
