// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { StateDB } from '@jupyterlab/statedb';
import { describe, expect, it, vi } from 'vitest';

import { makeJob } from '../../testing/jobs';
import { fakeServer, Refusal } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { JobManager } from '../manager';
import { FormModel } from './model';
import type { IFormSource } from './model';

const FORM = {
  schema: {
    type: 'object',
    properties: {
      parameters: {
        type: 'object',
        properties: {
          alpha: { type: 'number', default: 0.1 },
          when: { type: 'string', contentMediaType: 'application/json', default: '["2026-01-01"]' }
        },
        additionalProperties: false
      },
      display_name: { type: 'string' },
      compute: { type: 'string', default: 'local' },
      secrets: { type: 'object', additionalProperties: { type: 'string', format: 'password' } }
    }
  },
  ui: { advanced: ['secrets'] },
  data: { type: 'notebook', notebook: 'a/train.ipynb', code: 'a', inputs: { data: 'x' } },
  kernels: [],
  cells: []
};

function setUp(
  state = new StateDB(),
  source: IFormSource = { path: 'a/train.ipynb' },
  refusal: Refusal | null = null,
  form: object = FORM
) {
  const posted: unknown[] = [];
  const { api } = fakeServer(({ method, path, body }) => {
    if (path === '/forms/job') return form;
    if (method === 'POST') {
      posted.push(body);
      if (refusal) throw refusal;
      return makeJob('calm_heron');
    }
    return { items: [], total: 0 };
  });
  const done = vi.fn();
  const saved = vi.fn(() => Promise.resolve(true));
  const model = new FormModel(source, {
    jobs: new JobManager(api, new FakeStream().feed),
    state,
    saved,
    notebooks: null,
    done
  });
  return { model, posted, done, saved };
}

describe('FormModel', () => {
  it('is filled with defaults, and submits unchanged what it does not show', async () => {
    const { model, posted, done } = setUp();
    await model.load();
    expect(model.data).toEqual({ parameters: { alpha: 0.1, when: '["2026-01-01"]' }, compute: 'local' });
    model.change({ ...model.data, parameters: { alpha: 0.5, when: '["2026-01-01"]' } });
    await model.submit();
    expect(posted).toEqual([
      {
        job: {
          type: 'notebook',
          notebook: 'a/train.ipynb',
          code: 'a',
          inputs: { data: 'x' },
          parameters: { alpha: 0.5 }, // the other one is of a type that JSON does not have, and as it was
          compute: 'local',
          secrets: []
        },
        secrets: {}
      }
    ]);
    expect(done).toHaveBeenCalledWith(expect.objectContaining({ name: 'calm_heron' }));
  });

  it('submits inputs with their types, and what is added as JSON', async () => {
    const text = { type: 'string', contentMediaType: 'application/json' };
    const file = { type: 'object', properties: { type: { type: 'string' }, path: { type: 'string' } } };
    const properties = {
      command: { type: 'string' },
      inputs: { type: 'object', properties: { data: file, rate: text, label: text }, additionalProperties: text },
      outputs: { type: 'object', additionalProperties: { type: 'string', enum: ['uri_folder', 'uri_file'] } }
    };
    const data = { type: 'uri_file', path: 'a.csv' };
    const job = {
      type: 'command',
      command: 'ls',
      inputs: { data, rate: 0.5, label: 'true' },
      outputs: { model: 'uri_file' }
    };
    const form = { schema: { type: 'object', properties }, ui: {}, data: job, kernels: [], cells: [] };
    const { model, posted } = setUp(new StateDB(), { job: 'calm_heron' }, null, form);
    await model.load();
    expect(model.data.inputs).toEqual({ data, rate: '0.5', label: '"true"' });
    const added = { ...(model.data.inputs as object), more: '{"type": "uri_folder", "path": "b"}' };
    model.change({ ...model.data, inputs: added });
    await model.submit();
    const expected = { ...job.inputs, more: { type: 'uri_folder', path: 'b' } };
    expect(posted[0]).toMatchObject({ job: { inputs: expected, outputs: { model: 'uri_file' } } });
  });

  it('reruns a snapshot without a file, without asking to save', async () => {
    const gone = { ...FORM, data: { type: 'notebook', notebook: 'train.ipynb' }, rerun_of: 'calm_heron' };
    const { model, posted, saved } = setUp(new StateDB(), { job: 'calm_heron' }, null, gone);
    await model.load();
    await model.submit();
    expect(posted[0]).toMatchObject({ job: { notebook: 'train.ipynb' }, rerun_of: 'calm_heron' });
    expect(model.path).toBe('');
    expect(saved).not.toHaveBeenCalled();
  });

  it('sends secrets separately; those without a value are only named', async () => {
    const { model, posted } = setUp();
    await model.load();
    model.change({ ...model.data, secrets: { TOKEN: 'geheim', OTHER: '' } });
    await model.submit();
    expect(posted[0]).toMatchObject({ job: { secrets: ['TOKEN', 'OTHER'] }, secrets: { TOKEN: 'geheim' } });
  });

  it('stores the last values without name and secrets', async () => {
    const state = new StateDB();
    const first = setUp(state).model;
    await first.load();
    first.change({ ...first.data, parameters: { alpha: 0.7 }, display_name: 'best', secrets: { TOKEN: 'geheim' } });
    await first.submit();
    expect(JSON.stringify(await state.toJSON())).not.toContain('geheim');
    const { model } = setUp(state);
    await model.load();
    expect(model.data).toMatchObject({ parameters: { alpha: 0.7 }, secrets: { TOKEN: '' } });
    expect(model.data).not.toHaveProperty('display_name');
    model.reset();
    expect(model.data.parameters).toMatchObject({ alpha: 0.1 });
  });

  it('starts from the values of a job file, saves its notebook, and stores nothing', async () => {
    const state = new StateDB();
    await state.save('jupyter-ml:form:a/train.ipynb', { compute: 'cluster' });
    const { model, saved } = setUp(state, { path: 'a/job.yml' });
    await model.load();
    expect(model.data.compute).toBe('local');
    model.change({ ...model.data, compute: 'other' });
    await model.submit();
    expect(saved).toHaveBeenCalledWith('a/train.ipynb');
    expect(await state.toJSON()).toEqual({ 'jupyter-ml:form:a/train.ipynb': { compute: 'cluster' } });
  });

  it('keeps the cells that a job selects, and another selection when it is loaded again', async () => {
    const cells = ['a', 'b', 'c'].map(id => ({ id, source: id, parameters: false, imports: id === 'a' }));
    const form = { ...FORM, cells, data: { ...FORM.data, cells: ['b', 'gone'] } };
    const { model, posted } = setUp(new StateDB(), { job: 'calm_heron' }, null, form);
    await model.load();
    expect([...(model.cells?.ids ?? [])]).toEqual(['b']);
    expect([model.cells?.missing, model.cells?.modified]).toEqual([1, false]);
    model.cells?.toggle(model.cells.cells[2]);
    await model.setSnapshot(true);
    expect(model.cells?.modified).toBe(true);
    await model.submit();
    expect(posted[0]).toMatchObject({ job: { cells: ['b', 'c'] } });
    model.cells?.addPrevious();
    expect([...(model.cells?.ids ?? [])]).toEqual(['a', 'b', 'c']);
  });

  it('keeps what is changed while it is loaded again, and ignores a form that a later one has overtaken', async () => {
    const waiting: (() => void)[] = [];
    const form = (snapshot: string | null): object => ({
      ...FORM,
      data: { ...FORM.data, display_name: `snapshot: ${snapshot}` }
    });
    let isLate = false;
    const { api } = fakeServer(({ query }) => {
      const response = form(query.get('snapshot'));
      return isLate ? new Promise(done => waiting.push(() => done(response))) : response;
    });
    const tools = { jobs: new JobManager(api, new FakeStream().feed), state: null, notebooks: null, done: vi.fn() };
    const model = new FormModel({ job: 'calm_heron' }, { ...tools, saved: () => Promise.resolve(true) });
    await model.load();
    isLate = true;
    const loads = [model.setSnapshot(true), model.setSnapshot(false)];
    model.change({ ...model.data, compute: 'typed' });
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]();
    await loads[1];
    waiting[0]();
    await loads[0];
    expect(model.data).toMatchObject({ display_name: 'snapshot: false', compute: 'typed' });
  });

  it('starts a rerun from the values of its job', async () => {
    const state = new StateDB();
    const first = setUp(state).model;
    await first.load();
    first.change({ ...first.data, compute: 'cluster' });
    await first.submit();
    const { model } = setUp(state, { job: 'calm_heron' });
    await model.load();
    expect(model.data.compute).toBe('local');
  });

  it('shows an error of the server at its field until the field changes', async () => {
    const refusal = new Refusal(400, 'invalid_input', 'alpha is not a number', 'parameters.alpha');
    const { model, done } = setUp(undefined, undefined, refusal);
    await model.load();
    await model.submit();
    expect(model.fieldErrors).toEqual({ parameters: { alpha: { __errors: ['alpha is not a number'] } } });
    expect(model.error).toBeNull();
    expect(done).not.toHaveBeenCalled();
    model.change(model.data);
    expect(model.fieldErrors).toEqual({});
  });

  it('shows an error without a field', async () => {
    const refusal = new Refusal(400, 'invalid_input', 'there is no such notebook', 'notebook');
    const { model } = setUp(undefined, undefined, refusal);
    await model.load();
    await model.submit();
    expect(model.error?.message).toBe('there is no such notebook');
    expect(model.busy).toBe(false);
  });

  it('does not submit if the user cancels saving', async () => {
    const { model, posted, saved } = setUp();
    saved.mockResolvedValue(false);
    await model.load();
    await model.submit();
    expect(posted).toEqual([]);
    expect(saved).toHaveBeenCalledWith('a/train.ipynb');
  });
});
