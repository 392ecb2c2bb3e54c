// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { ComputeInfo, ComputeType } from '../api';
import { fakeServer, Refusal } from '../testing/server';
import { ComputeForm } from './ComputeForm';
import { ComputeFormModel } from './formModel';

const NAME = { title: 'Name', type: 'string' };
const CAPABILITIES = { stops: false, attached: false, scales: false, logs: false };
const TYPES: ComputeType[] = [
  {
    ...CAPABILITIES,
    name: 'local',
    title: 'Local',
    description: 'This machine.',
    unavailable: null,
    schema: {
      type: 'object',
      properties: { name: NAME, slots: { title: 'Jobs at the same time', type: 'integer', minimum: 1 } },
      required: ['name'],
      additionalProperties: false
    },
    ui: { advanced: [] }
  },
  {
    ...CAPABILITIES,
    name: 'remote',
    title: 'Remote',
    description: 'Another machine.',
    unavailable: null,
    schema: {
      type: 'object',
      properties: {
        name: NAME,
        token: { title: 'Token', type: 'string', format: 'password' },
        key_secret: { title: 'Key', type: 'string', format: 'secret-name' },
        mounts: {
          title: 'Mounts',
          type: 'array',
          items: {
            title: 'Mount',
            type: 'object',
            properties: {
              source: { title: 'Source', type: 'string' },
              read_only: { title: 'Read only', type: 'boolean', default: true }
            }
          }
        },
        options: {
          title: 'Options',
          type: 'object',
          additionalProperties: { type: 'string', contentMediaType: 'application/json' }
        },
        build: {
          title: 'Build',
          type: 'object',
          properties: {
            path: { title: 'Path', type: 'string' },
            dockerfile_path: { title: 'Dockerfile path', type: 'string', default: 'Dockerfile' }
          },
          required: ['path']
        },
        python: { title: 'Python', type: 'string', default: 'python3' }
      },
      required: ['name'],
      additionalProperties: false
    },
    ui: { advanced: ['build', 'python'] }
  },
  {
    ...CAPABILITIES,
    name: 'cloud',
    title: 'Cloud',
    description: 'Elsewhere.',
    unavailable: "needs a package: pip install 'cloud'",
    schema: { type: 'object' },
    ui: {}
  }
];

const REMOTE: ComputeInfo = {
  name: 'box',
  description: 'ours',
  created_at: '2026-01-02T03:04:05Z',
  archived: false,
  revision: 7,
  type: 'remote',
  slots: 2,
  price_per_hour: null,
  settings: {
    token: null,
    key_secret: 'OLD',
    mounts: [{ source: 'data', read_only: true }],
    options: {},
    python: 'python3.12'
  },
  state: 'Running',
  message: null,
  changed_at: null,
  request: null,
  schedules_from: null
};

describe('ComputeForm', () => {
  let bodies: unknown[];
  let refusal: Refusal | null;
  let server: ReturnType<typeof fakeServer>;
  const done = vi.fn<(compute: ComputeInfo) => void>();

  const type = (label: string, value: string): unknown =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  const submit = (): unknown => fireEvent.click(screen.getByRole('button', { name: 'Create' }));

  beforeEach(async () => {
    bodies = [];
    refusal = null;
    done.mockClear();
    server = fakeServer(({ path, body }) => {
      if (path.endsWith('/compute-types')) return TYPES;
      if (path.endsWith('/vault')) return [{ kind: 'secret', name: 'OLD' }];
      bodies.push(body);
      if (refusal) throw refusal;
      return { name: 'box' };
    });
    const model = new ComputeFormModel(server.api, done);
    render(<ComputeForm model={model} id="root" onCancel={vi.fn()} />);
    void model.load();
    await screen.findByRole('radio', { name: 'Local' });
    return () => model.dispose();
  });

  it('shows the fields of the chosen type, and keeps what types have in common', async () => {
    type('Name *', 'box');
    type('Jobs at the same time', '3');
    fireEvent.click(screen.getByRole('radio', { name: 'Remote' }));
    expect(screen.getByLabelText<HTMLInputElement>('Name *').value).toBe('box');
    expect(screen.queryByLabelText('Jobs at the same time')).toBeNull();
    expect(screen.getByLabelText<HTMLInputElement>('Token').type).toBe('password');
    fireEvent.click(screen.getByRole('button', { name: 'Add to Mounts' }));
    type('Source', 'data');
    fireEvent.click(screen.getByRole('button', { name: 'Add to Options' }));
    fireEvent.blur(screen.getAllByRole('textbox', { name: 'Name' }).at(-1)!, { target: { value: 'cores' } });
    type('Value of cores', '4');
    submit();
    await waitFor(() => expect(done).toHaveBeenCalledWith({ name: 'box' }));
    const mounts = [{ source: 'data', read_only: true }];
    expect(bodies).toEqual([{ type: 'remote', name: 'box', mounts, options: { cores: 4 }, python: 'python3' }]);
  });

  it('stores a secret, of which the compute has only the name', async () => {
    fireEvent.click(screen.getByRole('radio', { name: 'Remote' }));
    type('Name *', 'box');
    expect([...screen.getByLabelText<HTMLInputElement>('Key').list!.options].map(({ value }) => value)).toEqual([
      'OLD'
    ]);
    const value = screen.getByLabelText<HTMLInputElement>('Value of the secret: Key');
    expect(value.type).toBe('password');
    fireEvent.change(value, { target: { value: 'hidden' } });
    type('Key', 'NEW');
    submit();
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(bodies).toEqual([
      { value: 'hidden' },
      { type: 'remote', name: 'box', key_secret: 'NEW', mounts: [], python: 'python3' }
    ]);
  });

  it('shows why a type cannot be created here', () => {
    const cloud = screen.getByRole<HTMLInputElement>('radio', { name: 'Cloud' });
    expect(cloud.disabled).toBe(true);
    expect(screen.getByText("needs a package: pip install 'cloud'").id).toBe(cloud.getAttribute('aria-describedby'));
  });

  it('asks for what is missing, without a request', async () => {
    submit();
    expect(await screen.findByText('Required.')).toBeTruthy();
    expect(bodies).toEqual([]);
  });

  it('shows an error of the server at its field, until the field is changed', async () => {
    refusal = new Refusal(400, 'invalid_input', 'mounts.0.source: there is no directory', 'mounts.0.source');
    fireEvent.click(screen.getByRole('radio', { name: 'Remote' }));
    type('Name *', 'box');
    fireEvent.click(screen.getByRole('button', { name: 'Add to Mounts' }));
    submit();
    const error = await screen.findByText('there is no directory');
    expect(within(error.closest<HTMLElement>('.jp-MLField')!).getByLabelText('Source')).toBeTruthy();
    type('Source', 'data');
    expect(screen.queryByText('there is no directory')).toBeNull();
  });

  it('shows an error that is about no field', async () => {
    refusal = new Refusal(409, 'conflict', "compute 'box' exists");
    type('Name *', 'box');
    submit();
    expect(await screen.findByText(/compute 'box' exists/)).toBeTruthy();
    expect(done).not.toHaveBeenCalled();
  });

  const edit = async (compute: ComputeInfo): Promise<void> => {
    cleanup();
    const model = new ComputeFormModel(server.api, done, compute);
    render(<ComputeForm model={model} id="root" onCancel={vi.fn()} />);
    await act(() => model.load());
    expect(screen.getByRole('heading', { name: 'Edit box' })).toBeTruthy();
  };
  const save = (): unknown => fireEvent.click(screen.getByRole('button', { name: 'Save' }));

  it('shows what a compute has, and sends what is changed', async () => {
    await edit(REMOTE);
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.queryByLabelText('Name *')).toBeNull();
    expect(screen.getByLabelText<HTMLInputElement>('Source').value).toBe('data');
    type('Python', '');
    type('Key', 'OTHER');
    save();
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(server.requests.at(-1)).toBe('PATCH /computes/box?revision=7');
    expect(bodies).toEqual([{ settings: { key_secret: 'OTHER', python: 'python3' } }]);
  });

  it('sends nothing where nothing is changed', async () => {
    await edit(REMOTE);
    save();
    await waitFor(() => expect(done).toHaveBeenCalledWith(REMOTE));
    expect(bodies).toEqual([]);
  });

  it('changes what all types have beside the settings', async () => {
    await edit({ ...REMOTE, type: 'local', settings: {} });
    type('Jobs at the same time', '');
    save();
    await waitFor(() => expect(done).toHaveBeenCalled());
    expect(bodies).toEqual([{ slots: null }]);
  });

  it('shows at its field what does not change', async () => {
    refusal = new Refusal(400, 'invalid_input', 'settings.mounts: does not change', 'settings.mounts');
    await edit(REMOTE);
    type('Source', 'other');
    save();
    expect(await screen.findByText('does not change')).toBeTruthy();
    expect(done).not.toHaveBeenCalled();
  });
});
