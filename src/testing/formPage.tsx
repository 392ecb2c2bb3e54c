// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { StateDB } from '@jupyterlab/statedb';
import { fireEvent, render, screen } from '@testing-library/react';
import { vi } from 'vitest';

import { JobForm } from '../jobs/form/JobForm';
import { FormModel } from '../jobs/form/model';
import type { IFormSource, IOpenNotebooks } from '../jobs/form/model';
import { JobManager } from '../jobs/manager';
import { makeJob } from './jobs';
import { fakeServer } from './server';
import type { Refusal } from './server';
import { FakeStream } from './stream';

export const TYPES = ['number', 'string', 'boolean', 'integer'] as const;
const SCHEMA = {
  type: 'object',
  properties: {
    parameters: {
      type: 'object',
      title: 'Parameters',
      properties: {
        ...Object.fromEntries(TYPES.map(type => [`a_${type}`, { title: `a_${type}`, type }])),
        alpha: { title: 'alpha', type: 'number', default: 0.5 },
        items: { title: 'items', type: 'array', items: { type: 'integer' }, default: [1, 2] }
      },
      additionalProperties: false
    },
    display_name: { type: 'string', title: 'Name', minLength: 1, maxLength: 8 },
    kernel_name: { oneOf: [{ const: 'python3', title: 'Python 3' }], title: 'Kernel' },
    environment: {
      type: 'string',
      title: 'Environment',
      contentMediaType: 'application/json',
      examples: ['sklearn', 'current']
    },
    retries: { type: 'integer', title: 'Retries', minimum: 0, maximum: 100, default: 0 },
    tags: {
      type: 'object',
      title: 'Tags',
      additionalProperties: { type: 'string' },
      propertyNames: { maxLength: 250, minLength: 1 },
      default: {}
    },
    inputs: {
      type: 'object',
      title: 'Inputs',
      additionalProperties: { type: 'string', contentMediaType: 'application/json', format: 'data-reference' }
    },
    limits: { type: 'object', title: 'Limits', properties: { timeout: { type: 'number' } }, default: { timeout: null } }
  }
};
export const CELLS = ['import os', 'alpha = 0.5', 'fit(alpha)', 'plot()'].map((source, index) => ({
  id: `cell-${index}`,
  source,
  parameters: index === 1,
  imports: index === 0
}));
export const DATA = { type: 'notebook', notebook: 'train.ipynb', display_name: 'best', parameters: { alpha: 0.1 } };

const PLAN = {
  environment: { name: 'sklearn:3', identity: 'x', state: 'not_built', message: null },
  inputs: {
    train: {
      reference: 'azureml:titanic:2',
      files: 1,
      bytes: 2048,
      state: 'changed',
      detail: 'other content',
      cached: null
    }
  },
  outputs: { model: { type: 'mlflow_model', reference: 'azureml:forest', path: null } }
};

/** The form of a notebook, whose server is fake. */
export class FormPage {
  /** What the server refuses plans and submissions with. */
  refusal: Refusal | null = null;
  /** What was submitted. */
  readonly posted: Record<string, unknown>[] = [];
  readonly rerunOf: (string | undefined)[] = [];
  cells: typeof CELLS = CELLS;
  data: Record<string, unknown> = DATA;
  notebooks: IOpenNotebooks | null = null;
  readonly state = new StateDB();

  /** Render the form. */
  async show(source: IFormSource = { path: 'a/train.ipynb' }): Promise<FormModel> {
    const { api } = fakeServer(({ method, path, query, body }) => {
      if (path === '/forms/job') {
        const snapshot = query.get('snapshot') === 'true';
        const code = query.has('job') ? { snapshot, files: true, changed: true } : null;
        return {
          schema: SCHEMA,
          ui: { advanced: ['retries'] },
          data: this.data,
          kernels: [],
          cells: this.cells,
          code,
          rerun_of: snapshot ? 'a' : null
        };
      }
      if (path === '/data') return { items: [{ name: 'titanic', version: '2', type: 'uri_file' }], total: 1 };
      if (path === '/data/titanic/versions') {
        return { items: [{ name: 'titanic', version: '2', labels: ['good'], type: 'uri_file', description: null }] };
      }
      if (path === '/datastores') return { items: [{ name: 'lake', type: 's3' }], total: 1 };
      if (path === '/datastores/lake/files') {
        return {
          items: [
            { name: 'raw', is_directory: true },
            { name: 'other.csv', is_directory: false }
          ]
        };
      }
      if (this.refusal) throw this.refusal;
      if (path === '/jobs:plan') return PLAN;
      if (method === 'POST') {
        this.posted.push((body as { job: Record<string, unknown> }).job);
        this.rerunOf.push((body as { rerun_of?: string }).rerun_of);
      }
      return makeJob('calm_heron');
    });
    const model = new FormModel(source, {
      jobs: new JobManager(api, new FakeStream().feed),
      state: this.state,
      notebooks: this.notebooks,
      saved: () => Promise.resolve(true),
      done: vi.fn()
    });
    await model.load();
    render(<JobForm model={model} id="root" onCancel={vi.fn()} />);
    return model;
  }

  submit(): void {
    fireEvent.click(screen.getByRole('button', { name: 'Submit' }));
  }

  type(label: string, value: string): void {
    fireEvent.change(screen.getByLabelText(label), { target: { value } });
  }
}
