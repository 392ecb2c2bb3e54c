// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError } from './error';

const BASE = 'jupyter-ml/v1';
/** What it means when not our part of the server refuses. */
const FOREIGN: Partial<Record<number, string>> = {
  401: 'logged_out',
  403: 'logged_out',
  404: 'absent',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable'
};

/** Values of a query; absent ones and empty lists are left out, lists are repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/** The address of something of ours; `path` is a list of segments that need not be encoded. */
export function address(settings: ServerConnection.ISettings, path: readonly string[], query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (item !== null && item !== undefined && item !== '') search.append(key, String(item));
    }
  }
  const url = URLExt.join(settings.baseUrl, BASE, ...path.map(encodeURIComponent));
  return search.size ? `${url}?${search.toString()}` : url;
}

/** Ask the server; the answer's body, undefined where it has none. */
export async function request<T>(
  settings: ServerConnection.ISettings,
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body?: unknown
): Promise<T> {
  const response = await ask(settings, method, url, body);
  const text = await response.text();
  try {
    return (text ? JSON.parse(text) : undefined) as T;
  } catch {
    throw new ApiError('the answer is not JSON', 'http', response.status);
  }
}

/** Ask the server for the content of a file. */
export async function download(settings: ServerConnection.ISettings, url: string): Promise<Blob> {
  return (await ask(settings, 'GET', url)).blob();
}

async function ask(
  settings: ServerConnection.ISettings,
  method: string,
  url: string,
  body?: unknown
): Promise<Response> {
  const init: RequestInit = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (reason) {
    throw ApiError.from(reason);
  }
  if (!response.ok) throw refusal(response, await response.text());
  return response;
}

/** Servers in front of ours answer in words of their own, and so does one that has us not. */
function refusal({ status, statusText }: Response, text: string): ApiError {
  let error: Partial<{ code: string; message: string; field: string | null }> = {};
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
  } catch {
    // not ours: the status says what there is to say
  }
  const { message = `${status} ${statusText}`, code = FOREIGN[status] ?? 'http', field = null } = error;
  return new ApiError(message, code, status, field);
}
