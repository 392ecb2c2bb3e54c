// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import { describe, expect, it, vi } from 'vitest';

import type { Environment, Model } from '.';
import { AssetModel } from '../data/assets/model';
import { EnvironmentModel } from '../environments/model';
import { JobManager } from '../jobs/manager';
import { FilesModel } from '../jobs/panel/files/model';
import { jobFiles } from '../jobs/panel/files/source';
import { TrackedModel } from '../jobs/panel/tracked';
import { RegisteredModel } from '../models/model';
import type { IResourceManager } from '../resources';
import { makeJob } from '../testing/jobs';
import { fakeServer } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { WorkspaceManager } from '../workspace/manager';
import type { ApiClient } from './client';
import { RequestOrder } from './order';

it('knows whether a response is newer than all that have come', () => {
  const order = new RequestOrder();
  const [first, second, third] = [order.next(), order.next(), order.next()];
  expect(second()).toBe(true);
  expect(first()).toBe(false);
  expect(third()).toBe(true);
});

/** Something that is fetched again and again, and the text of the response that it shows. */
interface IFetched {
  fetch: () => unknown;
  shown: () => string | null | undefined;
}

/** Return the response to a request: each contains the same text. */
function respond(path: string, text: string): unknown {
  const file = { path: text, directory: false, media_type: 'application/octet-stream', size_bytes: 1 };
  const item = { ...makeJob('a', { description: text }), ...file, version: text, status: text, progress: null };
  if (path === '/workspace') return { name: text, folder: '/a', jobs: {} };
  if (path === '/jobs' || /versions$|files$|models$/.test(path)) return { items: [item], total: 1, problems: [] };
  return item;
}

function watched<T extends Environment | Model>(): IResourceManager<T> {
  const manager = { watch: () => ({ dispose: () => undefined }) };
  return Object.assign(manager, { changed: new Signal(manager) }) as unknown as IResourceManager<T>;
}

const FETCHED: Record<string, (api: ApiClient) => IFetched | Promise<IFetched>> = {
  'a watched job': api => {
    const jobs = new JobManager(api, new FakeStream().feed);
    jobs.watch('a');
    return { fetch: () => jobs.get('a'), shown: () => jobs.peek('a')?.description };
  },
  'a list': async api => {
    const rows = await new JobManager(api, new FakeStream().feed).window();
    rows.show(0, 0);
    return { fetch: () => rows.refresh(), shown: () => rows.row(0)?.description };
  },
  'the workspace': api => {
    const stream = new FakeStream();
    const manager = new WorkspaceManager(api, stream.feed);
    return { fetch: () => stream.emit('workspace', {}), shown: () => manager.workspace?.name };
  },
  'the run of a job': api => {
    const run = new TrackedModel(api, 'a');
    return { fetch: () => run.refresh(), shown: () => run.models.at(0)?.name && run.details?.status };
  },
  'the files of a job': api => {
    const files = new FilesModel(jobFiles(api, 'a'));
    return { fetch: () => files.refresh(), shown: () => files.tree.items('')?.[0].path };
  },
  'the versions of data': api => {
    const data = new AssetModel(api, 'a');
    return { fetch: () => data.load(), shown: () => data.versions.at(0)?.version };
  },
  'the versions of an environment': api => {
    const environment = new EnvironmentModel(api, watched(), 'a');
    return { fetch: () => environment.load(), shown: () => environment.versions.at(0)?.version };
  },
  'the versions of a model': api => {
    const model = new RegisteredModel(api, watched(), 'a');
    return { fetch: () => model.load(), shown: () => model.versions.at(0)?.version };
  }
};

describe('a response that a later one has overtaken', () => {
  it.each(Object.entries(FETCHED))('does not replace %s', async (_, make) => {
    let text = 'first';
    const late: (() => void)[] = [];
    const { api } = fakeServer(({ path }) => {
      const response = respond(path, text);
      return text === 'late' ? new Promise(done => late.push(() => done(response))) : response;
    });
    const { fetch, shown } = await make(api);
    fetch();
    await vi.waitFor(() => expect(shown()).toBe('first'));
    text = 'late';
    fetch();
    await vi.waitFor(() => expect(late).not.toEqual([]));
    text = 'newest';
    fetch();
    await vi.waitFor(() => expect(shown()).toBe('newest'));
    for (const send of late) send();
    for (let times = 0; times < 20; times++) {
      await new Promise(done => setTimeout(done, 1));
      expect(shown()).toBe('newest');
    }
  });
});

/** Return a client whose responses come when they are sent, with the versions as of their requests. */
function heldVersions() {
  const sent: (() => void)[] = [];
  const versions = ['1'];
  const { api } = fakeServer(({ path }) => {
    if (!path.endsWith('/versions')) return new Promise(() => undefined);
    const response = { items: [...versions].reverse().map(version => ({ name: 'a', version })), total: 1 };
    return new Promise(done => sent.push(() => done(response)));
  });
  return { api, versions, sent };
}

describe('a version that is wanted while older versions are fetched', () => {
  it.each([
    ['data', (api: ApiClient) => new AssetModel(api, 'a')],
    ['an environment', (api: ApiClient) => new EnvironmentModel(api, watched(), 'a')]
  ])('is shown of %s', async (_, make) => {
    const { api, versions, sent } = heldVersions();
    const model = make(api);
    void model.load();
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    versions.push('2', '3');
    void model.select('2');
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    sent[0]();
    await vi.waitFor(() => expect(model.shown?.version).toBe('1'));
    sent[1]();
    await vi.waitFor(() => expect(model.shown?.version).toBe('2'));
  });
});

it('shows the newest preview of a file that changes while it is read', async () => {
  const reads: (() => void)[] = [];
  let size = 1;
  const { api } = fakeServer(({ path }) => {
    if (path.endsWith('/files')) {
      const file = { path: 'log.txt', directory: false, media_type: 'text/plain', size_bytes: size };
      return { items: [file], truncated: false, problems: [] };
    }
    const text = `text of ${size}`;
    return new Promise(done => reads.push(() => done(text)));
  });
  const files = new FilesModel(jobFiles(api, 'a'));
  await files.refresh();
  await vi.waitFor(() => expect(reads).toHaveLength(1));
  size = 2;
  await files.refresh();
  await vi.waitFor(() => expect(reads).toHaveLength(2));
  const shown = (): string | null => (files.preview?.kind === 'text' ? files.preview.text : null);
  reads[1]();
  await vi.waitFor(() => expect(shown()).toContain('text of 2'));
  reads[0]();
  for (let times = 0; times < 20; times++) {
    await new Promise(done => setTimeout(done, 1));
    expect(shown()).toContain('text of 2');
  }
});
