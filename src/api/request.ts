import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { ApiError } from './error';

const BASE = 'jupyter-ml/v1';

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
  let response: Response;
  try {
    const init: RequestInit = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (reason) {
    throw ApiError.from(reason);
  }
  const text = await response.text();
  if (!response.ok) throw refusal(response, text);
  return (text ? JSON.parse(text) : undefined) as T;
}

/** Servers in front of ours answer in words of their own. */
function refusal(response: Response, text: string): ApiError {
  let error: Partial<{ code: string; message: string; field: string | null }> = {};
  try {
    error = (JSON.parse(text) as { error?: typeof error }).error ?? {};
  } catch {
    // not ours: the status says what there is to say
  }
  return new ApiError(
    error.message ?? `${response.status} ${response.statusText}`,
    error.code ?? 'http',
    response.status,
    error.field ?? null
  );
}
