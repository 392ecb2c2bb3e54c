// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient } from '../api';
import type { IFileSource } from '../jobs/panel/files/source';

/** Return the files of a version of a model. */
export function modelFiles(api: ApiClient, name: string, version: string): IFileSource {
  const top = ['models', name, 'versions', version];
  const url = (path: string): string => api.url(...top, 'files', ...path.split('/'));
  return {
    list: query => api.get('/models/{name}/versions/{version}/files', { params: { path: { name, version }, query } }),
    url,
    archiveUrl: path => api.url(...top, 'files.zip') + (path && `?path=${encodeURIComponent(path)}`),
    read: (path, range) => api.download(url(path), range),
    model: () => Promise.resolve(undefined) // the panel shows it already
  };
}
