// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import createClient from 'openapi-fetch';
import type { Client, FetchOptions } from 'openapi-fetch';

import { ApiError } from './error';
import { send } from './request';
import type { paths } from './schema.gen';

const BASE = '/jupyter-ml/v1';

/** The paths of the REST API, below its base path. */
type Paths = { [P in keyof paths as P extends `${typeof BASE}${infer Path}` ? Path : never]: paths[P] };
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathWith<M extends Method> = {
  [P in keyof Paths]: Paths[P] extends Record<M, { responses: object }> ? P : never;
}[keyof Paths];
type Operation<P extends keyof Paths, M extends Method> = Extract<Paths[P][M], { responses: object }>;
/** The parameters and body of an operation; optional if none of them is required. */
type Init<P extends keyof Paths, M extends Method> =
  object extends FetchOptions<Operation<P, M>> ? [FetchOptions<Operation<P, M>>?] : [FetchOptions<Operation<P, M>>];
/** The response body of an operation; `FetchResponse` of openapi-fetch would turn tuples into arrays. */
type Body<P extends keyof Paths, M extends Method> = Operation<P, M>['responses'] extends
  { 200: infer R } | { 201: infer R } | { 202: infer R }
  ? R extends { content: { 'application/json': infer Body } }
    ? Body
    : never
  : void;

/** Client of the REST API, typed by the generated schema; all methods throw ApiError. */
export class ApiClient {
  constructor(readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {
    this._client = createClient({
      baseUrl: URLExt.join(settings.baseUrl, BASE),
      fetch: request => send(this.settings, request)
    });
  }

  get<P extends PathWith<'get'>>(path: P, ...[init]: Init<P, 'get'>): Promise<Body<P, 'get'>> {
    return this.request('get', path, init);
  }

  post<P extends PathWith<'post'>>(path: P, ...[init]: Init<P, 'post'>): Promise<Body<P, 'post'>> {
    return this.request('post', path, init);
  }

  put<P extends PathWith<'put'>>(path: P, ...[init]: Init<P, 'put'>): Promise<Body<P, 'put'>> {
    return this.request('put', path, init);
  }

  patch<P extends PathWith<'patch'>>(path: P, ...[init]: Init<P, 'patch'>): Promise<Body<P, 'patch'>> {
    return this.request('patch', path, init);
  }

  delete<P extends PathWith<'delete'>>(path: P, ...[init]: Init<P, 'delete'>): Promise<Body<P, 'delete'>> {
    return this.request('delete', path, init);
  }

  /** Send a request to a path that is only known at run time, e.g. of a kind of resource. */
  async request<T>(method: Method, path: string, init: object = {}): Promise<T> {
    try {
      const { data } = await this._client.request(method, path as never, init as never);
      return data as T;
    } catch (reason) {
      throw reason instanceof SyntaxError ? new ApiError('The response is not JSON.', 'http') : ApiError.from(reason);
    }
  }

  /** Return the URL from which a file of a job can be downloaded. */
  fileUrl(name: string, path: string): string {
    return this.url('jobs', name, 'files', ...path.split('/'));
  }

  /** Return the URL of a ZIP archive of a directory of a job; of all its files for an empty path. */
  archiveUrl(name: string, path: string): string {
    return this.url('jobs', name, 'files.zip') + (path && `?path=${encodeURIComponent(path)}`);
  }

  /** Download a file of a job, or the bytes from a position up to another one. */
  getFile(name: string, path: string, range?: readonly [start: number, end: number]): Promise<Blob> {
    return this.download(this.fileUrl(name, path), range);
  }

  /** Return the URL of a path, given its parts. */
  url(...segments: string[]): string {
    return URLExt.join(this.settings.baseUrl, BASE, ...segments.map(encodeURIComponent));
  }

  /** Download a URL of this server, or the bytes from a position up to another one. */
  async download(url: string, range?: readonly [start: number, end: number]): Promise<Blob> {
    const headers: HeadersInit = range ? { Range: `bytes=${range[0]}-${range[1] - 1}` } : {};
    return (await send(this.settings, new Request(url, { headers }))).blob();
  }

  private readonly _client: Client<Paths>;
}
