// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient, Environment } from '../api';

/** What defines the packages of a new version. */
export type Source = 'list' | 'requirements' | 'conda' | 'kernel';

/** A running kernel. */
export interface IKernel {
  id: string;
  label: string;
}

/** What the form has. */
export interface ICreation {
  name: string;
  source: Source;
  /** Requirements, one on each line. */
  list: string;
  /** The contents path of a file. */
  path: string;
  /** The ID of a kernel. */
  kernel: string;
  python: string;
  excludeNewer: string;
  description: string;
  /** Whether the version is built at once. */
  build: boolean;
}

/** Create a version, and start to build it. */
export async function createEnvironment(api: ApiClient, given: ICreation): Promise<Environment> {
  const created = await post(api, given);
  if (given.build) await api.post('/environments/{name}/build', { params: { path: { name: reference(created) } } });
  return created;
}

function post(api: ApiClient, given: ICreation): Promise<Environment> {
  const [name, description] = [given.name.trim(), given.description.trim() || null];
  if (given.source === 'kernel') {
    const body = { kernel: given.kernel, description };
    return api.post('/environments/{name}/capture', { params: { path: { name } }, body });
  }
  const packages = {
    list: { requirements: given.list.split('\n').filter(line => line.trim()) },
    requirements: { requirements: given.path },
    conda: { conda_file: given.path }
  }[given.source];
  const options = { python: given.python.trim() || null, exclude_newer: given.excludeNewer || null };
  return api.post('/environments', { body: { name, description, ...packages, ...options } });
}

/** Return the reference to a version, e.g. `sklearn:3`. */
export const reference = ({ name, version }: Environment): string => `${name}:${version}`;
