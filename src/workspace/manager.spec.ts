// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, it, vi } from 'vitest';

import { fakeServer, Refusal } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { WorkspaceManager } from './manager';

it('fetches counts once for many changes, and reports errors', async () => {
  let running = 0;
  let away = false;
  const { api, requests } = fakeServer(() => {
    if (away) throw new Refusal(503, 'unavailable', 'away');
    return { name: 'w', jobs: { Running: running } };
  });
  const stream = new FakeStream();
  const manager = new WorkspaceManager(api, stream.feed);
  stream.open();
  await vi.waitFor(() => expect(manager.workspace?.name).toBe('w'));
  running = 2;
  for (let change = 0; change < 20; change++) stream.emit('job', { name: `${change}`, type: 'job_created' });
  await vi.waitFor(() => expect(manager.workspace?.jobs).toEqual({ Running: 2 }));
  expect(requests).toHaveLength(2);
  away = true;
  manager.refresh();
  await vi.waitFor(() => expect(manager.error?.message).toBe('away'));
  expect(manager.workspace?.name).toBe('w');
  manager.dispose();
});

it('is fetched although the feed is quiet', async () => {
  const { api } = fakeServer(() => ({ name: 'w', jobs: {} }));
  const manager = new WorkspaceManager(api, new FakeStream().feed);
  await vi.waitFor(() => expect(manager.workspace?.name).toBe('w'));
  manager.dispose();
});

it('reports that another workspace is shown, also if the event was missed', async () => {
  let folder = '/a/.jupyter-ml';
  const { api } = fakeServer(({ path }) =>
    path === '/workspace/recent'
      ? ['/a', '/b'].map(parent => ({ name: parent, folder: `${parent}/.jupyter-ml` }))
      : { name: 'w', folder, jobs: {} }
  );
  const stream = new FakeStream();
  const manager = new WorkspaceManager(api, stream.feed);
  const switched = vi.fn();
  const stale = vi.fn();
  manager.switched.connect((_, previous) => switched(previous.folder, stale.mock.calls.length));
  stream.feed.stale.connect(stale);
  await vi.waitFor(() => expect(manager.workspace).not.toBeNull());
  expect((await manager.others()).map(({ name }) => name)).toEqual(['/b']);
  folder = '/b/.jupyter-ml';
  stream.emit('workspace', { name: 'w', folder });
  await vi.waitFor(() => expect(stale).toHaveBeenCalledOnce());
  expect(switched.mock.calls).toEqual([['/a/.jupyter-ml', 0]]); // before everything visible is fetched again
  folder = '/a/.jupyter-ml';
  stream.open(); // it was not connected
  await vi.waitFor(() => expect(switched).toHaveBeenCalledTimes(2));
  stream.emit('job', { name: 'j', type: 'job_created' });
  await vi.waitFor(() => expect(manager.workspace?.folder).toBe(folder));
  expect(switched).toHaveBeenCalledTimes(2);
  manager.dispose();
});
