// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient, Page } from '../api';

/** The operations of the REST API on a kind of resource. */
export interface IResourceApi<T, Q> {
  list: (query: Q) => Promise<Page<T>>;
  get: (name: string) => Promise<T>;
  /** Change some fields; of another `revision` than the current one, that is a conflict. */
  update: (name: string, change: object, revision?: number) => Promise<T>;
  archive: (name: string) => Promise<T>;
  restore: (name: string) => Promise<T>;
  delete: (name: string) => Promise<unknown>;
}

/**
 * Return the operations on a kind of resource, whose paths are the same for all kinds.
 *
 * @param path - The path of the list, e.g. `/jobs`.
 */
export function resourceApi<T, Q>(api: ApiClient, path: string): IResourceApi<T, Q> {
  const item = `${path}/{name}`;
  const named = (name: string): object => ({ params: { path: { name } } });
  return {
    list: query => api.request('get', path, { params: { query } }),
    get: name => api.request('get', item, named(name)),
    update: (name, body, revision) =>
      api.request('patch', item, { params: { path: { name }, query: { revision } }, body }),
    archive: name => api.request('post', `${item}/archive`, named(name)),
    restore: name => api.request('post', `${item}/restore`, named(name)),
    delete: name => api.request('delete', item, named(name))
  };
}
