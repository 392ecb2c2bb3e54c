// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

import { TransContext } from '../hooks';
import { fakeServer, Refusal } from '../testing/server';
import { openCommand } from './commands';
import { layOut } from './layout';
import { LineageView } from './LineageView';
import { LineageModel } from './model';
import type { LineageEdge, LineageNode } from './model';

const trans = nullTranslator.load('jupyter_ml');

function node(id: string, sources: number, targets: number, more: Partial<LineageNode> = {}): LineageNode {
  const [kind, name, version = null] = id.split(':');
  return { id, kind, name, version, title: name, state: null, deleted: false, sources, targets, ...more };
}

function edge(source: string, target: string, role: LineageEdge['role'], label = ''): LineageEdge {
  return { source, target, role, label, time: '2026-11-27T00:00:00Z' };
}

const RAW = node('data:raw:1', 0, 1, { deleted: true });
const PREPARE = node('job:prepare', 1, 3, { title: 'Prepare', state: 'Completed' });
const CLEAN = node('data:clean:1', 1, 0);
const EDGES = [edge('data:raw:1', 'job:prepare', 'input', 'source'), edge('job:prepare', 'data:clean:1', 'output')];

function show(onOpen = vi.fn()) {
  const served = fakeServer(({ path, query }) => {
    expect(path).toBe('/lineage');
    if (query.get('reference') === 'none') throw new Refusal(404, 'not_found', "there is no job and no asset 'none'");
    if (query.get('reference') === 'azureml:clean:1') {
      return { id: 'data:clean:1', nodes: [CLEAN, PREPARE, RAW], edges: EDGES };
    }
    const others = ['train', 'test'].map(name => node(`data:${name}:1`, 1, 0));
    const made = others.map(({ id }) => edge('job:prepare', id, 'output'));
    return { id: 'job:prepare', nodes: [PREPARE, RAW, CLEAN, ...others], edges: [...EDGES, ...made] };
  });
  const open = async (reference: string): Promise<LineageModel> => {
    const model = new LineageModel(served.api, reference);
    render(
      <TransContext.Provider value={trans}>
        <LineageView model={model} onOpen={onOpen} />
      </TransContext.Provider>
    );
    await act(() => vi.waitFor(() => expect(model.id ?? model.error).not.toBeNull()));
    return model;
  };
  return { ...served, open, onOpen };
}

it('puts what came first at the left', () => {
  const { places, lines } = layOut([CLEAN, PREPARE, RAW], EDGES);
  const [raw, prepare, clean] = ['data:raw:1', 'job:prepare', 'data:clean:1'].map(id => places.get(id)?.x ?? NaN);
  expect(raw).toBeLessThan(prepare);
  expect(prepare).toBeLessThan(clean);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^M\d/);
});

it('draws edges to nodes far away as arcs', () => {
  const jobs = Array.from({ length: 10 }, (_, at) => node(`job:step${at}`, 1, 1));
  const environment = node('environment:sklearn:1', 0, 10);
  const chain = jobs.slice(1).map(({ id }, at) => edge(jobs[at].id, id, 'input'));
  const used = jobs.map(({ id }) => edge(environment.id, id, 'environment'));
  const { places, lines } = layOut([environment, ...jobs], [...chain, ...used]);
  expect(lines.slice(chain.length).map(line => line.includes('C'))).toEqual([
    ...Array<boolean>(6).fill(false),
    ...Array<boolean>(4).fill(true)
  ]);
  const last = places.get('job:step9')!;
  expect(lines.at(-1)).toMatch(new RegExp(` ${last.x.toFixed(1)} ${(last.y + 22).toFixed(1)}$`));
});

it('lays out nodes that form a circle', () => {
  const circle = [edge('data:clean:1', 'job:prepare', 'input'), edge('job:prepare', 'data:clean:1', 'output')];
  expect(layOut([CLEAN, PREPARE, RAW], [...circle, ...EDGES]).places.size).toBe(3);
});

it('describes nodes, and does not open those that were deleted', async () => {
  const { open, onOpen } = show();
  await open('azureml:clean:1');
  const job = screen.getByRole('button', {
    name: 'Prepare, Job · Completed; came from raw; used by or created: clean'
  });
  fireEvent.click(job);
  expect(onOpen).toHaveBeenCalledWith(PREPARE);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: /^raw, Data · deleted/ }).disabled).toBe(true);
  expect(screen.getByRole('button', { name: /^clean/ }).getAttribute('aria-current')).toBe('true');
});

it('adds what is around a node when that is expanded', async () => {
  const { open, requests } = show();
  const model = await open('azureml:clean:1');
  const shown = vi.spyOn(HTMLElement.prototype, 'scrollIntoView').mockImplementation(function (this: HTMLElement) {
    expect(this.textContent).toContain('Prepare'); // not what was asked for: the graph grows around this node
  });
  fireEvent.click(screen.getByRole('button', { name: 'Show 2 more that use it' }));
  await act(() => vi.waitFor(() => expect(model.nodes).toHaveLength(5)));
  expect(requests.at(-1)).toBe('GET /lineage?reference=job:prepare&depth=1&limit=5');
  expect(model.id).toBe('data:clean:1');
  expect(shown).toHaveBeenCalledOnce();
  shown.mockRestore();
  expect(screen.queryByRole('button', { name: /^Show/ })).toBeNull();
});

it('states that a node has more neighbors than are shown', async () => {
  const many = node('data:all:1', 0, 5_000);
  const served = fakeServer(({ query }) => {
    const jobs = Array.from({ length: query.get('limit') === '1000' ? 2 : 1 }, (_, at) => node(`job:j${at}`, 1, 0));
    return { id: many.id, nodes: [many, ...jobs], edges: jobs.map(({ id }) => edge(many.id, id, 'input')) };
  });
  const model = new LineageModel(served.api, 'azureml:all:1');
  render(
    <TransContext.Provider value={trans}>
      <LineageView model={model} onOpen={vi.fn()} />
    </TransContext.Provider>
  );
  fireEvent.click(await screen.findByRole('button', { name: 'Show 4999 more that use it' }));
  const rest = await screen.findByRole('button', { name: /^4,998 more are not shown: at most 1,000 / });
  fireEvent.click(rest);
  expect(rest.getAttribute('aria-disabled')).toBe('true');
  expect(rest.textContent).toBe('4,998 not shown');
  expect(served.requests).toHaveLength(2);
});

it('reports what does not exist', async () => {
  await show().open('none');
  expect(screen.getByText(/there is no job and no asset/)).toBeTruthy();
});

it('opens jobs and versions of assets', () => {
  expect(openCommand(PREPARE)).toEqual(['jupyter-ml:open-job', { name: 'prepare' }]);
  const notebook = node('notebook:/work/a.ipynb', 0, 1, { title: 'a.ipynb' });
  expect(openCommand(notebook)).toEqual(['docmanager:open', { path: 'a.ipynb' }]);
  expect(openCommand(CLEAN)).toEqual(['jupyter-ml:open-data', { name: 'clean', version: '1' }]);
});
