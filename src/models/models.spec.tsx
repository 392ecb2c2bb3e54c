// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Model, ModelComparison, ModelDetails } from '../api';
import { ToolsContext } from '../jobs/panel/context';
import type { IResourceManager } from '../resources';
import { fakeServer, Refusal } from '../testing/server';
import { RegisteredModel } from './model';
import { ModelView } from './ModelView';
import { nameFor, splitNames } from './names';

const makeModel = (version: string, fields: Partial<Model> = {}): Model => ({
  name: 'titanic',
  version,
  description: null,
  created_at: '2026-01-02T03:04:05Z',
  archived: false,
  revision: 7,
  latest: false,
  labels: [],
  tags: {},
  properties: {},
  created_by: 'ann',
  source: null,
  type: 'mlflow_model',
  path: `models:/m-${version}`,
  uri: `models:/titanic/${version}`,
  stage: null,
  status: 'READY',
  run_id: null,
  flavors: {},
  files: 2,
  bytes: 10,
  digest: 'abc',
  ...fields
});

const DETAILS: ModelDetails = {
  flavors: { sklearn: '1.9.1' },
  signature: { inputs: [{ name: 'age', type: 'double', required: true }], outputs: [], params: [] },
  size_bytes: 10,
  mlflow_version: '3.17.0',
  python: '3.11.9',
  packages: ['scikit-learn==1.9.1'],
  input_example: '{"columns": ["age"]}',
  input_example_truncated: false,
  stages: [{ stage: 'Production', user: 'ann', time: '2026-01-02T03:04:05Z' }],
  ui_path: '/jupyter-ml/mlflow/#/models/titanic/versions/2',
  problem: null
};

describe('ModelView', () => {
  let versions: Model[];
  let bodies: unknown[];
  let refuse: boolean;
  let model: RegisteredModel;
  let changed: Signal<object, Model>;
  let commands: CommandRegistry;
  let requests: string[];

  beforeEach(() => {
    const job = makeModel('2', { latest: true, labels: ['champion'], source: { job: 'bold_otter', notebook: null } });
    versions = [job, makeModel('1', { stage: 'Archived', archived: true })];
    [bodies, refuse] = [[], false];
    const server = fakeServer(({ method, path, query, body }) => {
      if (method === 'PATCH') {
        bodies.push(body);
        if (refuse) throw new Refusal(409, 'conflict', 'model has been changed');
        versions = versions.map(each => (path.endsWith(each.version) ? { ...each, ...(body as object) } : each));
        return versions[0];
      }
      if (path.endsWith('/details')) return DETAILS;
      if (path.endsWith('/files')) {
        const file = { path: 'MLmodel', directory: false, uri: 'models:/titanic/2/MLmodel', size_bytes: 3 };
        return { items: [{ ...file, media_type: 'text/plain', modified_at: null }], truncated: false, problems: [] };
      }
      if (path.endsWith('/files/MLmodel')) return { flavors: {} };
      if (path.endsWith('/comparison')) {
        return {
          first: versions[0],
          second: versions.find(each => `titanic:${each.version}` === query.get('to')),
          same_content: false,
          packages: [
            { name: 'scikit-learn', first: '1.9.1', second: '1.8.0' },
            { name: 'numpy', first: '2', second: '2' }
          ],
          flavors: [],
          signature: [{ name: 'inputs.age', first: 'double', second: null }],
          metrics: [],
          parameters: []
        } satisfies Partial<ModelComparison>;
      }
      return { items: versions, total: versions.length };
    });
    requests = server.requests;
    changed = new Signal<object, Model>({});
    const manager = { changed, watch: () => ({ dispose: () => undefined, isDisposed: false }) };
    model = new RegisteredModel(server.api, manager as unknown as IResourceManager<Model>, 'titanic');
    commands = new CommandRegistry();
  });

  const selected = (): HTMLElement =>
    within(screen.getByRole('listbox', { name: 'Versions' })).getByRole('option', { selected: true });
  const show = async (): Promise<void> => {
    const rendermime = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
    const tools = { rendermime, commands, languages: null, openSource: null, open: () => undefined };
    render(
      <ToolsContext.Provider value={tools}>
        <ModelView model={model} />
      </ToolsContext.Provider>
    );
    await act(() => model.load());
  };

  it('shows the latest version with its signature, example and job', async () => {
    const open = vi.fn();
    commands.addCommand('jupyter-ml:open-job', { describedBy: { args: {} }, execute: open });
    await show();
    expect(selected().textContent).toContain('2champion');
    expect(screen.getByText('double')).toBeTruthy();
    expect(screen.getByText('{"columns": ["age"]}')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'bold_otter' }));
    expect(open).toHaveBeenCalledWith({ name: 'bold_otter' });
    const lineage = vi.fn();
    commands.addCommand('jupyter-ml:show-lineage', { describedBy: { args: {} }, execute: lineage });
    fireEvent.click(screen.getByRole('button', { name: 'Show Lineage' }));
    expect(lineage).toHaveBeenCalledWith({ reference: 'model:titanic:2' });
    const link = screen.getByRole('link', { name: 'Open in MLflow' });
    expect(link.getAttribute('href')).toBe('http://localhost/jupyter-ml/mlflow/#/models/titanic/versions/2');
  });

  it('edits aliases in place, and reports a conflict', async () => {
    await show();
    fireEvent.click(screen.getByRole('button', { name: 'Edit Aliases' }));
    fireEvent.change(screen.getByRole('textbox', { name: 'Aliases' }), { target: { value: 'champion, next next' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('textbox', { name: 'Aliases' })).toBeNull());
    expect(bodies).toEqual([{ labels: ['champion', 'next'] }]);
    expect(requests).toContain('PATCH /models/titanic/versions/2?revision=7');
    refuse = true;
    fireEvent.click(screen.getByRole('button', { name: 'Edit Description' }));
    fireEvent.change(screen.getByRole('textbox', { name: 'Description' }), { target: { value: 'ours' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect((await screen.findByRole('alert')).textContent).toContain('model has been changed');
  });

  it('adds and removes tags', async () => {
    versions = [makeModel('2', { tags: { team: 'blue' }, latest: true })];
    await show();
    const input = screen.getByRole('textbox', { name: 'Add a tag: key=value' });
    fireEvent.change(input, { target: { value: 'kind=small' } });
    fireEvent.submit(input);
    await waitFor(() => expect(bodies).toEqual([{ tags: { kind: 'small' } }]));
    fireEvent.click(await screen.findByRole('button', { name: 'Remove the tag kind' }));
    await waitFor(() => expect(bodies.at(-1)).toEqual({ tags: { kind: null } }));
  });

  it('selects versions by keyboard, and keeps the selection when another client adds one', async () => {
    await show();
    fireEvent.keyDown(screen.getByRole('listbox', { name: 'Versions' }), { key: 'ArrowDown' });
    await waitFor(() => expect(screen.getByRole('heading', { level: 2 }).textContent).toContain('version 1'));
    fireEvent.keyDown(screen.getByRole('listbox', { name: 'Versions' }), { key: 'ArrowDown' });
    versions = [makeModel('3', { latest: true }), ...versions];
    act(() => changed.emit(versions[0]));
    expect(await screen.findByRole('option', { name: /^3/ })).toBeTruthy();
    expect(selected().textContent).toContain('1Archived');
  });

  it('compares two versions: what differs, and all on request', async () => {
    await show();
    fireEvent.click(screen.getByRole('tab', { name: 'Compare' }));
    fireEvent.change(screen.getByRole('combobox', { name: 'Compare with version' }), {
      target: { value: 'titanic:1' }
    });
    const packages = await screen.findByRole('table', { name: 'Packages' });
    expect(within(packages).getByRole('row', { name: 'scikit-learn 1.9.1 1.8.0' })).toBeTruthy();
    expect(within(packages).queryByText('numpy')).toBeNull();
    expect(within(screen.getByRole('table', { name: 'Signature' })).getByText('not there')).toBeTruthy();
    fireEvent.click(screen.getByRole('checkbox', { name: 'Show what is equal' }));
    expect(within(packages).getByText('numpy')).toBeTruthy();
  });

  it('lists the files of the version, with a preview', async () => {
    await show();
    fireEvent.click(screen.getByRole('tab', { name: 'Files' }));
    expect(await screen.findByRole('treeitem', { name: /MLmodel/ })).toBeTruthy();
    await waitFor(() => expect(requests).toContain('GET /models/titanic/versions/2/files/MLmodel'));
  });
});

describe('names', () => {
  it('are separated by commas and spaces', () => {
    expect(splitNames(' a, b  a ')).toEqual(['a', 'b']);
  });

  it('are suggested from paths', () => {
    expect(nameFor('outputs/my model.pkl')).toBe('my-model');
    expect(nameFor('azureml://jobs/a/outputs/artifacts/paths/net/')).toBe('net');
    expect(nameFor('')).toBe('model');
  });
});
