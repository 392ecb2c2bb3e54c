// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { Environment } from '../api';
import type { IResourceManager } from '../resources';
import { fakeServer, Refusal } from '../testing/server';
import { createEnvironment } from './creation';
import type { ICreation } from './creation';
import { EnvironmentForm } from './EnvironmentForm';
import { EnvironmentRow } from './EnvironmentRow';
import { EnvironmentView } from './EnvironmentView';
import { EnvironmentModel } from './model';
import type { EnvironmentBuild } from './model';
import { PackagesTab } from './PackagesTab';
import { splitRequirement } from './texts';

const makeVersion = (version: string, fields: Partial<Environment> = {}): Environment => ({
  name: 'sklearn',
  version,
  description: null,
  created_at: '2026-01-02T03:04:05Z',
  archived: false,
  revision: 7,
  latest: version === '2',
  labels: [],
  tags: {},
  properties: {},
  created_by: 'ann',
  source: null,
  conda_file: null,
  requirements: ['scikit-learn'],
  script: null,
  pyproject: null,
  python: '3.11',
  exclude_newer: null,
  variables: {},
  image: null,
  build: null,
  inference_config: null,
  os_type: null,
  definition: { python: '3.11', requirements: ['scikit-learn'], options: [], exclude_newer: null },
  identity: `id-${version}`,
  state: 'not_built',
  ...fields
});

const makeBuild = (fields: Partial<EnvironmentBuild>): EnvironmentBuild => ({
  identity: 'id-2',
  state: 'not_built',
  message: null,
  path: null,
  python: null,
  bytes: null,
  built_at: null,
  build_s: null,
  packages: [],
  lock: null,
  ...fields
});

/** Do something, and wait for what it starts. */
const settled = (something: () => unknown): Promise<void> =>
  act(async () => {
    something();
    await Promise.resolve();
  });

describe('EnvironmentView', () => {
  let build: EnvironmentBuild;
  let requests: string[];
  let model: EnvironmentModel;
  let changed: Signal<object, Environment>;
  let refuse: boolean;

  beforeEach(() => {
    build = makeBuild({});
    refuse = false;
    const server = fakeServer(({ method, path }) => {
      if (path.endsWith('/build')) {
        if (refuse && method === 'DELETE') throw new Refusal(409, 'conflict', 'the environment is in use by the job a');
        if (method === 'POST') build = makeBuild({ state: 'building', message: 'Resolve packages' });
        return build;
      }
      if (path.endsWith('/comparison')) {
        const packages = [
          { name: 'numpy', first: '2.2', second: '2.1' },
          { name: 'six', first: '1', second: '1' }
        ];
        return { first: makeVersion('2'), second: makeVersion('1'), resolved: true, packages };
      }
      if (path === '/lineage') {
        const node = { version: null, deleted: false, sources: 0, targets: 0 };
        return {
          id: 'environment:sklearn:2',
          nodes: [
            {
              ...node,
              id: 'environment:sklearn:2',
              kind: 'environment',
              name: 'sklearn',
              title: 'sklearn:2',
              state: null
            },
            { ...node, id: 'job:otter', kind: 'job', name: 'otter', title: 'bold otter', state: 'Completed' }
          ],
          edges: []
        };
      }
      return { items: [makeVersion('2'), makeVersion('1')], total: 2 };
    });
    requests = server.requests;
    changed = new Signal<object, Environment>({});
    const manager = { changed, watch: () => ({ dispose: () => undefined, isDisposed: false }) };
    model = new EnvironmentModel(server.api, manager as unknown as IResourceManager<Environment>, 'sklearn');
  });

  const show = async (onOpenJob = vi.fn()): Promise<void> => {
    const actions = { onOpenJob, onShowLineage: vi.fn(), onCreate: vi.fn() };
    render(<EnvironmentView model={model} {...actions} />);
    await act(() => model.load());
  };

  it('shows the latest version, and opens the jobs that use it', async () => {
    const open = vi.fn();
    await show(open);
    expect(screen.getByRole('combobox', { name: 'Version' })).toHaveProperty('value', '2');
    fireEvent.click(screen.getByRole('button', { name: 'bold otter' }));
    expect(open).toHaveBeenCalledWith('otter');
    expect(requests.some(request => request.startsWith('GET /lineage?'))).toBe(true);
  });

  it('starts a build, shows its step, and what was installed when the server has emitted its end', async () => {
    await show();
    await settled(() => fireEvent.click(screen.getByRole('button', { name: 'Build Now' })));
    expect(await screen.findByText('building… Resolve packages')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Build Now' })).toBeNull();
    build = makeBuild({ state: 'built', bytes: 2_000_000, build_s: 2.5, lock: 'numpy==2.2', packages: ['numpy==2.2'] });
    await settled(() => changed.emit(makeVersion('2')));
    expect(await screen.findByRole('button', { name: 'Delete Installation…' })).toBeTruthy();
    expect(screen.getByText('2.5 s')).toBeTruthy();
  });

  it('shows why a build has failed', async () => {
    build = makeBuild({ state: 'failed', message: 'there is no version of six==99' });
    await show();
    expect(screen.getByRole('alert').textContent).toContain('there is no version of six==99');
    expect(screen.getByRole('button', { name: 'Build Now' })).toBeTruthy();
  });

  it('deletes an installation after a question, and reports that it is in use', async () => {
    build = makeBuild({ state: 'built', bytes: 2_000_000 });
    await show();
    refuse = true;
    fireEvent.click(screen.getByRole('button', { name: 'Delete Installation…' }));
    const dialog = (): HTMLElement | null => document.querySelector('.jp-Dialog');
    await vi.waitFor(() => expect(dialog()?.textContent).toContain('sklearn:2'));
    await settled(() => document.querySelector<HTMLElement>('.jp-Dialog .jp-mod-warn')!.click());
    await vi.waitFor(() => expect(dialog()?.textContent).toContain('in use by the job a'));
    await settled(() => document.querySelector<HTMLElement>('.jp-Dialog button')!.click());
    expect(requests).toContain('DELETE /environments/sklearn:2/build');
  });

  it('compares two versions: what differs, and all on request', async () => {
    await show();
    fireEvent.click(screen.getByRole('tab', { name: 'Compare' }));
    fireEvent.change(screen.getByRole('combobox', { name: 'Compare with version' }), {
      target: { value: 'sklearn:1' }
    });
    const packages = await screen.findByRole('table', { name: 'Packages' });
    expect(within(packages).getByRole('row', { name: 'numpy 2.2 2.1' })).toBeTruthy();
    expect(within(packages).queryByText('six')).toBeNull();
    fireEvent.click(screen.getByRole('checkbox', { name: 'Show what is equal' }));
    expect(within(packages).getByText('six')).toBeTruthy();
  });
});

it('searches packages', () => {
  render(<PackagesTab packages={['numpy==2.2', 'pandas==2.3', 'six==1']} resolved />);
  expect(screen.getByText('3 packages')).toBeTruthy();
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'num 2' } });
  expect(screen.getByText('1 of 3')).toBeTruthy();
});

it('shows the state of an environment in its row', () => {
  render(<EnvironmentRow environment={makeVersion('2', { labels: ['good'], state: 'failed' })} />);
  expect(screen.getByText('v2 · good · failed')).toBeTruthy();
});

it('splits requirements', () => {
  expect(splitRequirement('numpy==2.2')).toEqual(['numpy', '2.2']);
  expect(splitRequirement('pandas[s3]>=2')).toEqual(['pandas', '[s3]>=2']);
});

describe('EnvironmentForm', () => {
  const form = (create: (given: ICreation) => Promise<void>, kernels = [{ id: 'k1', label: 'a.ipynb (python3)' }]) =>
    render(
      <EnvironmentForm
        name="sklearn"
        kernels={kernels}
        choose={() => Promise.resolve('conda.yml')}
        create={create}
        onCancel={() => undefined}
      />
    );

  it('creates a version from a conda file, and builds it', async () => {
    const server = fakeServer(({ path }) => (path === '/environments' ? makeVersion('3') : makeBuild({})));
    const bodies: unknown[] = [];
    form(async given => {
      bodies.push(given);
      await createEnvironment(server.api, given);
    });
    fireEvent.change(screen.getByRole('combobox', { name: 'Packages' }), { target: { value: 'conda' } });
    await settled(() => fireEvent.click(screen.getByRole('button', { name: 'File…' })));
    await settled(() => fireEvent.submit(screen.getByRole('form')));
    expect(bodies).toMatchObject([{ name: 'sklearn', source: 'conda', path: 'conda.yml', build: true }]);
    expect(server.requests).toEqual(['POST /environments', 'POST /environments/sklearn:3/build']);
  });

  it('captures a running kernel', async () => {
    const server = fakeServer(() => makeVersion('1'));
    form(async given => void (await createEnvironment(server.api, { ...given, build: false })));
    fireEvent.change(screen.getByRole('combobox', { name: 'Packages' }), { target: { value: 'kernel' } });
    expect(screen.getByRole('combobox', { name: 'Kernel' })).toHaveProperty('value', 'k1');
    await settled(() => fireEvent.submit(screen.getByRole('form')));
    expect(server.requests).toEqual(['POST /environments/sklearn/capture']);
  });

  it('keeps what was typed if the server refuses it', async () => {
    const server = fakeServer(() => {
      throw new Refusal(400, 'invalid_input', 'requirements: six=1 is not a requirement');
    });
    form(async given => void (await createEnvironment(server.api, given)), []);
    const list = screen.getByRole('textbox', { name: 'Requirements, one on each line' });
    fireEvent.change(list, { target: { value: 'six=1' } });
    await settled(() => fireEvent.submit(screen.getByRole('form')));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('is not a requirement'));
    expect(list).toHaveProperty('value', 'six=1');
    expect(screen.getByRole('option', { name: /none is running/ })).toHaveProperty('disabled', true);
  });
});
