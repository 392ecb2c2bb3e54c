// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';

import { ApiClient } from '../api';

/** What the server answers to a request; throw a Refusal for an error. */
export type Answer = (request: { method: string; path: string; query: URLSearchParams; body: unknown }) => unknown;

/** An error as the server tells it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null
  ) {
    super(message);
  }
}

/** A client of a server that answers at once, and what it was asked. */
export function fakeServer(answer: Answer): { api: ApiClient; asked: string[] } {
  const asked: string[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const url = new URL(request.url.replace(/[?&]\d+$/, '')); // ServerConnection's way around caches
    const path = decodeURIComponent(url.pathname.replace(/.*\/jupyter-ml\/v1/, ''));
    asked.push(`${request.method} ${path}${decodeURIComponent(url.search)}`);
    const text = await request.text();
    try {
      const body: unknown = text ? JSON.parse(text) : undefined;
      const answered = answer({ method: request.method, path, query: url.searchParams, body });
      return answered === undefined ? new Response(null, { status: 204 }) : Response.json(answered);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message, field } = error;
      return Response.json({ error: { code, message, field } }, { status });
    }
  };
  const settings = ServerConnection.makeSettings({ baseUrl: 'http://localhost/', wsUrl: 'ws://localhost/', fetch });
  return { api: new ApiClient(settings), asked };
}
