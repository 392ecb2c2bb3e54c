// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError } from './error';

const BASE = 'jupyter-ml/v1';
/** The error code for a status when the response does not come from the extension. */
const CODES: Partial<Record<number, string>> = {
  401: 'logged_out',
  403: 'logged_out',
  404: 'absent',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable'
};

/** Query parameters. Null values, empty strings and empty lists are omitted; lists are repeated. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/** Return the URL of a resource. `path` is a list of segments, not yet encoded. */
export function urlOf(settings: ServerConnection.ISettings, path: readonly string[], query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (item !== null && item !== undefined && item !== '') search.append(key, String(item));
    }
  }
  const url = URLExt.join(settings.baseUrl, BASE, ...path.map(encodeURIComponent));
  return search.size ? `${url}?${search.toString()}` : url;
}

/** Send a request and return the parsed response body; undefined if it is empty. */
export async function request<T>(
  settings: ServerConnection.ISettings,
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body?: unknown
): Promise<T> {
  const response = await send(settings, method, url, body);
  const text = await response.text();
  try {
    return (text ? JSON.parse(text) : undefined) as T;
  } catch {
    throw new ApiError('The response is not JSON.', 'http', response.status);
  }
}

/** Download a file. */
export async function download(settings: ServerConnection.ISettings, url: string): Promise<Blob> {
  return (await send(settings, 'GET', url)).blob();
}

async function send(
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
  if (!response.ok) throw toError(response, await response.text());
  return response;
}

/** Convert an error response to an ApiError; proxies and servers without the extension have other formats. */
function toError({ status, statusText }: Response, text: string): ApiError {
  let error: Partial<{ code: string; message: string; field: string | null }> = {};
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
  } catch {
    // not an error of the extension: the status has to suffice
  }
  const { message = `${status} ${statusText}`, code = CODES[status] ?? 'http', field = null } = error;
  return new ApiError(message, code, status, field);
}
