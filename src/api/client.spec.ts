// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';
import { describe, expect, it } from 'vitest';

import { fakeServer, Refusal } from '../testing/server';
import { ApiError } from './error';

describe('ApiClient', () => {
  it('sends all filters as query parameters, and repeats lists', async () => {
    const { api, requests } = fakeServer(() => ({ items: [], total: 0 }));
    await api.get('/jobs', {
      params: { query: { states: ['Failed', 'Canceled'], filter: 'metrics.r2 > 0.4', archived: false } }
    });
    expect(requests).toEqual(['GET /jobs?states=Failed&states=Canceled&filter=metrics.r2 > 0.4&archived=false']);
  });

  it('encodes names and paths, except the slashes of a path', async () => {
    const { api, requests } = fakeServer(() => null);
    await api.get('/jobs/{name}', { params: { path: { name: 'a/b #' } } });
    expect(requests).toEqual(['GET /jobs/a/b #']);
    expect(api.fileUrl('a/b', 'plots/1 ü#.png')).toBe(
      'http://localhost/jupyter-ml/v1/jobs/a%2Fb/files/plots/1%20%C3%BC%23.png'
    );
  });

  it('sends secrets in the body, never in the URL', async () => {
    let body: unknown;
    const { api, requests } = fakeServer(request => ((body = request.body), { name: 'a' }));
    await api.post('/jobs', { body: { job: { type: 'notebook', notebook: 'a.ipynb' }, secrets: { TOKEN: 'geheim' } } });
    expect(body).toEqual({ job: { type: 'notebook', notebook: 'a.ipynb' }, secrets: { TOKEN: 'geheim' } });
    expect(requests).toEqual(['POST /jobs']);
  });

  it('returns undefined for an empty response', async () => {
    const { api } = fakeServer(() => undefined);
    await expect(api.delete('/jobs/{name}', { params: { path: { name: 'a' } } })).resolves.toBeUndefined();
  });

  it('throws the error of the server, with the invalid field', async () => {
    const { api } = fakeServer(() => {
      throw new Refusal(400, 'invalid_input', 'alpha is not a number', 'parameters.alpha');
    });
    const error = await api.get('/jobs/{name}', { params: { path: { name: 'a' } } }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      message: 'alpha is not a number',
      code: 'invalid_input',
      status: 400,
      field: 'parameters.alpha'
    });
  });

  it('throws ApiError for responses of proxies and network errors', async () => {
    const { api } = fakeServer(() => {
      throw new Error('connection refused');
    });
    await expect(api.get('/workspace')).rejects.toMatchObject({ name: 'ApiError', code: 'unreachable', status: 0 });
    for (const [status, code] of [
      [500, 'http'],
      [502, 'unreachable'],
      [404, 'absent'],
      [403, 'logged_out']
    ] as const) {
      const fetch = (): Promise<Response> => Promise.resolve(new Response('<h1>not ours</h1>', { status }));
      Object.assign(api, { settings: { ...api.settings, fetch } });
      await expect(api.get('/workspace')).rejects.toMatchObject({ name: 'ApiError', code, status });
      await expect(api.getFile('a', 'b')).rejects.toMatchObject({ name: 'ApiError', code, status });
    }
  });

  it('converts other errors', () => {
    const codeOf = (reason: unknown): string => ApiError.from(reason).code;
    expect(codeOf(new Error('the disk is full'))).toBe('unexpected');
    expect(codeOf(Object.assign(new Error('Loading chunk 7 failed'), { name: 'ChunkLoadError' }))).toBe('not_loaded');
    expect(codeOf(new ServerConnection.NetworkError(new TypeError('no')))).toBe('unreachable');
  });

  it('throws ApiError if the response is not JSON', async () => {
    const { api } = fakeServer(() => ({}));
    const fetch = (): Promise<Response> => Promise.resolve(new Response('<h1>Log in</h1>'));
    Object.assign(api, { settings: { ...api.settings, fetch } });
    await expect(api.get('/workspace')).rejects.toMatchObject({ name: 'ApiError', code: 'http' });
  });
});
