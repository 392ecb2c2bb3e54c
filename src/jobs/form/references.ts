// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient } from '../../api';

/** A value that a field offers, with what to show beside it. */
export interface ISuggestion {
  value: string;
  label?: string;
}

/** What a field accepts: any data, or a path in a datastore. */
export type ReferenceFormat = 'data-reference' | 'datastore-path';

const LIMIT = 20;
const DATASTORES = 'azureml://datastores/';

/**
 * Return what begins as a text does: data assets by their names, the versions and labels of one (`azureml:NAME:`),
 * datastores, and the files of one (`azureml://datastores/NAME/paths/…`).
 */
export async function suggestReferences(api: ApiClient, format: ReferenceFormat, text: string): Promise<ISuggestion[]> {
  const path = new RegExp(`^${DATASTORES}([^/]+)/paths/(.*)$`).exec(text);
  if (path) return suggestFiles(api, path[1], path[2]);
  const version = /^azureml:([^/:@]+)[:@]/.exec(text);
  if (version && format === 'data-reference') return suggestVersions(api, version[1]);
  const isStore = text.startsWith(DATASTORES.slice(0, 'azureml:/'.length));
  const found = await Promise.all([
    isStore || format !== 'data-reference' ? [] : suggestNames(api, text.replace(/^azureml:/, '')),
    suggestDatastores(api, isStore ? text.slice(DATASTORES.length) : text)
  ]);
  return found.flat();
}

async function suggestNames(api: ApiClient, part: string): Promise<ISuggestion[]> {
  if (!/^[\w.-]*$/.test(part)) return []; // no name begins like that
  const query = { limit: LIMIT, ...(part ? { filter: part } : {}) };
  const { items } = await api.get('/data', { params: { query } });
  return items.map(({ name, version, type }) => ({
    value: `azureml:${name}@latest`,
    label: `${type} · ${version}`
  }));
}

async function suggestVersions(api: ApiClient, name: string): Promise<ISuggestion[]> {
  const { items } = await api.get('/data/{name}/versions', { params: { path: { name }, query: { limit: LIMIT } } });
  const labels = items.flatMap(({ labels: given, version }) =>
    given.map(label => ({ value: `azureml:${name}@${label}`, label: version }))
  );
  return [
    { value: `azureml:${name}@latest` },
    ...labels,
    ...items.map(({ version, type, description }) => ({
      value: `azureml:${name}:${version}`,
      label: description || type
    }))
  ];
}

async function suggestDatastores(api: ApiClient, part: string): Promise<ISuggestion[]> {
  const { items } = await api.get('/datastores', { params: { query: { limit: 200 } } });
  const named = items.filter(({ name }) => name.startsWith(part));
  return named.slice(0, LIMIT).map(({ name, type }) => ({ value: `${DATASTORES}${name}/paths/`, label: type }));
}

async function suggestFiles(api: ApiClient, name: string, path: string): Promise<ISuggestion[]> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const query = { path: folder, limit: 1_000 };
  const { items } = await api.get('/datastores/{name}/files', { params: { path: { name }, query } });
  const matching = items.filter(entry => entry.name.startsWith(path.slice(folder.length)));
  return matching.slice(0, LIMIT).map(entry => ({
    value: `${DATASTORES}${name}/paths/${folder}${entry.name}${entry.is_directory ? '/' : ''}`
  }));
}
