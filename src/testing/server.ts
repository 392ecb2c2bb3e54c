// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';

import { ApiClient } from '../api';

/** Handles a request and returns the response body, or a promise of it; throw a Refusal for an error. */
export type Handler = (request: { method: string; path: string; query: URLSearchParams; body: unknown }) => unknown;

/** An error response. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    readonly current: unknown = null
  ) {
    super(message);
  }
}

/** Create a client of a fake server, and a list of the requests that it received. */
export function fakeServer(handle: Handler): { api: ApiClient; requests: string[] } {
  const requests: string[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const url = new URL(request.url.replace(/[?&]\d+$/, '')); // added by ServerConnection to bypass caches
    const path = decodeURIComponent(url.pathname.replace(/.*\/jupyter-ml\/v1/, ''));
    requests.push(`${request.method} ${path}${decodeURIComponent(url.search)}`);
    const text = await request.text();
    try {
      const body: unknown = text ? JSON.parse(text) : undefined;
      const result = await handle({ method: request.method, path, query: url.searchParams, body });
      return result === undefined ? new Response(null, { status: 204 }) : Response.json(result);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message, field, current } = error;
      return Response.json({ error: { code, message, field, current } }, { status });
    }
  };
  const settings = ServerConnection.makeSettings({ baseUrl: 'http://localhost/', wsUrl: 'ws://localhost/', fetch });
  return { api: new ApiClient(settings), requests };
}
