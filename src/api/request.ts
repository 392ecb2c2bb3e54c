// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';

import { ApiError } from './error';

/** The error code for a status when the response does not come from the extension. */
const CODES: Partial<Record<number, string>> = {
  401: 'logged_out',
  403: 'logged_out',
  404: 'absent',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable'
};

/** Send a request with the credentials of the application; throw ApiError unless it succeeds. */
export async function send(settings: ServerConnection.ISettings, request: Request): Promise<Response> {
  const { method, headers, signal, url } = request;
  const body = await request.text();
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(
      url,
      { method, headers, signal, ...(body ? { body } : {}) },
      settings
    );
  } catch (reason) {
    throw ApiError.from(reason);
  }
  if (!response.ok) throw toError(response, await response.text());
  return response;
}

/** Convert an error response to an ApiError; proxies and servers without the extension have other formats. */
function toError({ status, statusText }: Response, text: string): ApiError {
  let error: Partial<{ code: string; message: string; field: string | null; current: unknown }> = {};
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
  } catch {
    // not an error of the extension: the status has to suffice
  }
  const { message = `${status} ${statusText}`, code = CODES[status] ?? 'http', field = null, current = null } = error;
  return new ApiError(message, code, status, field, current);
}
