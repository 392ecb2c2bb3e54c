// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ContentsManager } from '@jupyterlab/services';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Job } from '../api';
import { makeJob } from '../testing/jobs';
import { fakeServer, Refusal } from '../testing/server';
import { filePath, JobDrive, jobOf, notebookPath } from './drive';

const JOB = makeJob('otter', {
  spec: { type: 'notebook', notebook: '/home/me/my work/train: 1.ipynb' } as Job['spec'],
  ended_at: '2026-01-02T04:00:00Z'
});
const NOTEBOOK = {
  cells: [
    { cell_type: 'markdown', source: '# Title', metadata: {} },
    {
      cell_type: 'code',
      source: 'bar',
      metadata: {},
      execution_count: 1,
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'hello' },
        {
          output_type: 'display_data',
          metadata: {},
          data: { 'application/vnd.jupyter.widget-view+json': { model_id: '1' }, 'text/plain': '50%' }
        }
      ]
    }
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5
};

describe('JobDrive', () => {
  let contents: ContentsManager;
  let requests: string[];

  beforeEach(() => {
    const server = fakeServer(({ path, query }) => {
      if (!path.startsWith('/jobs/otter')) throw new Refusal(404, 'not_found', 'there is no such job');
      if (path.endsWith('/notebook')) return NOTEBOOK;
      if (!path.includes('/files')) return JOB;
      if (!path.endsWith('/files')) return { read: path, query: query.size };
      const about = { media_type: 'application/json', size_bytes: 9, modified_at: '2026-01-02T03:30:00Z' };
      return { items: [{ path: 'outputs/a b/%2e.json', ...about }], truncated: false };
    });
    requests = server.requests;
    contents = new ContentsManager({ serverSettings: server.api.settings });
    contents.addDrive(new JobDrive(server.api, 'Save a copy.'));
  });

  it('contains the executed notebook under a unique name, read-only', async () => {
    const path = notebookPath(JOB);
    expect(path).toBe('jupyter-ml-jobs:otter/train: 1-otter.ipynb');
    expect(jobOf(path)).toBe('otter');
    expect(jobOf('otter/train.ipynb')).toBeNull();
    expect(await contents.get(path, { type: 'notebook' })).toMatchObject({
      path,
      name: 'train: 1-otter.ipynb',
      type: 'notebook',
      format: 'json',
      writable: false,
      last_modified: '2026-01-02T04:00:00Z'
    });
  });

  it('replaces widgets by text in the notebook, and not in the file', async () => {
    const path = notebookPath(JOB);
    const shown = (await contents.get(path)).content as typeof NOTEBOOK;
    expect(shown.cells[0]).toEqual(NOTEBOOK.cells[0]);
    expect(shown.cells[1].outputs?.[0]).toEqual(NOTEBOOK.cells[1].outputs?.[0]);
    expect(shown.cells[1].outputs?.[1].data).toEqual({ 'text/plain': '50%' });
    const file = await contents.get(path, { type: 'file', format: 'base64' });
    expect(JSON.parse(atob(file.content as string))).toEqual(NOTEBOOK);
  });

  it('does not fetch a notebook for its metadata', async () => {
    expect(await contents.get(notebookPath(JOB), { content: false })).toMatchObject({ content: null });
    expect(requests).toEqual(['GET /jobs/otter']);
  });

  it('contains the files of a job', async () => {
    const path = filePath('otter', { path: 'outputs/a b/%2e.json' });
    const file = await contents.get(path, { format: 'text', type: 'file' });
    expect([file.writable, file.size]).toEqual([false, 9]);
    expect(JSON.parse(file.content as string)).toEqual({ read: '/jobs/otter/files/outputs/a b/%2e.json', query: 0 });
    expect(atob((await contents.get(path)).content as string)).toBe(file.content);
  });

  it.each([notebookPath(makeJob('gone')), filePath('otter', { path: 'outputs/other.json' })])(
    'reports a missing file as JupyterLab expects: %s',
    async path => {
      await expect(contents.get(path)).rejects.toMatchObject({ response: { status: 404 } });
    }
  );

  it('refuses all writes without a request', async () => {
    const path = notebookPath(JOB);
    const attempts = [
      contents.save(path, { type: 'notebook', format: 'json', content: NOTEBOOK }),
      contents.delete(path),
      contents.rename(path, `${path}x`),
      contents.copy(path, 'jupyter-ml-jobs:otter'),
      contents.newUntitled({ path: 'jupyter-ml-jobs:otter' }),
      contents.createCheckpoint(path),
      contents.restoreCheckpoint(path, '1'),
      contents.deleteCheckpoint(path, '1')
    ];
    for (const attempt of attempts) {
      await expect(attempt).rejects.toMatchObject({ message: 'Save a copy.', response: { status: 403 } });
    }
    expect(await contents.listCheckpoints(path)).toEqual([]);
    expect(requests).toEqual([]);
  });
});
