// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient, JobFile, LoggedModel, OutsideFiles } from '../../../api';

/** A page of a directory. */
export interface IFilePage {
  items: JobFile[];
  truncated: boolean;
  problems: string[];
  /** Files elsewhere, of a job. */
  outside?: OutsideFiles | null;
}

/** Where files are: in a job, or in a version of a model. */
export interface IFileSource {
  list(query: { path: string; offset?: number; limit: number; recursive?: boolean }): Promise<IFilePage>;
  /** Return the URL from which a file can be downloaded. */
  url(path: string): string;
  /** Return the URL of a ZIP archive of a directory; of all files for an empty path. */
  archiveUrl(path: string): string;
  /** Download a file, or the bytes from a position up to another one. */
  read(path: string, range?: readonly [start: number, end: number]): Promise<Blob>;
  /** Return the model that a directory contains. */
  model(path: string): Promise<LoggedModel | undefined>;
}

/** Return the files of a job. */
export function jobFiles(api: ApiClient, name: string): IFileSource {
  return {
    list: query => api.get('/jobs/{name}/files', { params: { path: { name }, query } }),
    url: path => api.fileUrl(name, path),
    archiveUrl: path => api.archiveUrl(name, path),
    read: (path, range) => api.getFile(name, path, range),
    model: async path => {
      const { items } = await api.get('/jobs/{name}/models', { params: { path: { name } } });
      return items.find(each => each.path === path);
    }
  };
}
