// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { StateDB } from '@jupyterlab/statedb';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { Signal } from '@lumino/signaling';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { makeJob } from '../../testing/jobs';
import { fakeServer, Refusal } from '../../testing/server';
import { FakeStream } from '../../testing/stream';
import { JobManager } from '../manager';
import { JobForm } from './JobForm';
import { FormModel } from './model';
import type { IFormSource, IOpenNotebooks } from './model';

const TYPES = ['number', 'string', 'boolean', 'integer'] as const;
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
const CELLS = ['import os', 'alpha = 0.5', 'fit(alpha)', 'plot()'].map((source, index) => ({
  id: `cell-${index}`,
  source,
  parameters: index === 1,
  imports: index === 0
}));
const DATA = { type: 'notebook', notebook: 'train.ipynb', display_name: 'best', parameters: { alpha: 0.1 } };

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

describe('JobForm', () => {
  let refusal: Refusal | null;
  let posted: Record<string, unknown>[];
  let state: StateDB;
  let rerunOf: (string | undefined)[];
  let cells: typeof CELLS;
  let data: Record<string, unknown>;
  let notebooks: IOpenNotebooks | null;

  beforeEach(() => {
    refusal = null;
    posted = [];
    rerunOf = [];
    cells = CELLS;
    data = DATA;
    notebooks = null;
    state = new StateDB();
  });

  const show = async (source: IFormSource = { path: 'a/train.ipynb' }): Promise<FormModel> => {
    const { api } = fakeServer(({ method, path, query, body }) => {
      if (path === '/forms/job') {
        const snapshot = query.get('snapshot') === 'true';
        const code = query.has('job') ? { snapshot, files: true, changed: true } : null;
        return {
          schema: SCHEMA,
          ui: { advanced: ['retries'] },
          data,
          kernels: [],
          cells,
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
      if (refusal) throw refusal;
      if (path === '/jobs:plan') return PLAN;
      if (method === 'POST') {
        posted.push((body as { job: Record<string, unknown> }).job);
        rerunOf.push((body as { rerun_of?: string }).rerun_of);
      }
      return makeJob('calm_heron');
    });
    const jobs = new JobManager(api, new FakeStream().feed);
    const model = new FormModel(source, {
      jobs,
      state,
      notebooks,
      saved: () => Promise.resolve(true),
      done: vi.fn()
    });
    await model.load();
    render(<JobForm model={model} id="root" onCancel={vi.fn()} />);
    return model;
  };
  const submit = (): boolean => fireEvent.click(screen.getByRole('button', { name: 'Submit' }));
  const type = (label: string, value: string): boolean =>
    fireEvent.change(screen.getByLabelText(label), { target: { value } });

  it('offers environments, and submits a name or the content of one', async () => {
    await show();
    const field = screen.getByLabelText<HTMLInputElement>('Environment');
    expect([...field.list!.options].map(({ value }) => value)).toEqual(['sklearn', 'current']);
    for (const [text, value] of [
      ['sklearn:3', 'sklearn:3'],
      ['{"requirements": ["pandas"]}', { requirements: ['pandas'] }],
      ['', undefined]
    ] as const) {
      type('Environment', text);
      submit();
      await waitFor(() => expect(posted.at(-1)?.environment).toEqual(value));
    }
  });

  it.each([
    ['', ['azureml:titanic@latest', 'azureml://datastores/lake/paths/']],
    ['titan', ['azureml:titanic@latest']],
    ['azureml:titanic:', ['azureml:titanic@latest', 'azureml:titanic@good', 'azureml:titanic:2']],
    ['azureml://datastores/', ['azureml://datastores/lake/paths/']],
    ['azureml://datastores/lake/paths/r', ['azureml://datastores/lake/paths/raw/']],
    ['data/a b.csv', []]
  ])('offers data for an input, as the user types %s', async (text, offered) => {
    data = { ...DATA, inputs: { train: 'x' } };
    await show();
    const field = screen.getByLabelText<HTMLInputElement>('Value of train');
    fireEvent.focus(field);
    type('Value of train', text);
    await waitFor(() => expect([...field.list!.options].map(({ value }) => value)).toEqual(offered));
    type('Value of train', 'azureml:titanic:2');
    submit();
    await waitFor(() => expect(posted.at(-1)?.inputs).toEqual({ train: 'azureml:titanic:2' }));
  });

  it('checks a job without submitting it, until something changes', async () => {
    await show();
    fireEvent.click(screen.getByRole('button', { name: 'Check' }));
    const plan = await screen.findByRole('status', { name: 'What the job would do' });
    for (const text of [
      'sklearn:3: would be installed first',
      'azureml:titanic:2 · 2 kB · changed since it was registered: other content',
      'mlflow_model · would be registered as azureml:forest'
    ]) {
      expect(within(plan).getByText(text)).toBeTruthy();
    }
    expect(posted).toEqual([]);
    type('Name', 'other');
    expect(screen.queryByRole('status', { name: 'What the job would do' })).toBeNull();
    refusal = new Refusal(400, 'invalid_input', 'there is no data asset', 'display_name');
    fireEvent.click(screen.getByRole('button', { name: 'Check' }));
    expect(await screen.findByText('there is no data asset')).toBeTruthy();
  });

  it('keeps the environment of a clone', async () => {
    data = { ...DATA, environment: { requirements: ['six==1.16.0'], variables: { A: '1' } } };
    await show({ job: 'a' });
    expect(screen.getByLabelText<HTMLInputElement>('Environment').value).toBe(JSON.stringify(data.environment));
    submit();
    await waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0].environment).toEqual(data.environment);
  });

  it('focuses the first field, and submits on Ctrl+Enter', async () => {
    await show();
    expect(document.activeElement?.id).toBe('root_parameters_a_number');
    fireEvent.keyDown(screen.getByLabelText('a_string'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(posted).toHaveLength(1));
  });

  it('offers the code that a rerun runs, and marks what was changed', async () => {
    await show({ job: 'a' });
    expect(screen.getByText('changed since the job')).toBeTruthy();
    expect(screen.queryByRole('img', { name: 'changed' })).toBeNull();
    type('a_string', 'new');
    const mark = screen.getByRole('img', { name: 'changed' });
    expect(mark.closest('label')?.textContent).toContain('a_string');
    const snapshot = screen.getByLabelText<HTMLInputElement>(/As submitted/);
    expect(snapshot.checked).toBe(false);
    fireEvent.click(snapshot);
    await waitFor(() => expect(snapshot.checked).toBe(true));
    expect(screen.getByLabelText<HTMLInputElement>(/a_string/).value).toBe('new');
    submit();
    await waitFor(() => expect(rerunOf).toEqual(['a']));
    expect(posted[0].parameters).toMatchObject({ a_string: 'new', alpha: 0.1 });
  });

  it('has an input for each parameter by type, and submits typed values', async () => {
    await show();
    const kinds = TYPES.map(name => screen.getByLabelText<HTMLInputElement>(`a_${name}`).type);
    expect(kinds).toEqual(['number', 'text', 'checkbox', 'number']);
    type('a_number', '0.25');
    type('a_string', '7');
    fireEvent.click(screen.getByLabelText('a_boolean'));
    submit();
    await waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0].parameters).toEqual({ a_number: 0.25, a_string: '7', a_boolean: true, alpha: 0.1, items: [1, 2] });
    expect(posted[0]).not.toHaveProperty('kernel_name');
  });

  it('shows an error at an invalid field', async () => {
    await show();
    type('a_integer', '0.5');
    type('Retries', '101');
    type('Name', 'much too long');
    submit();
    const help = async (label: string): Promise<string | null | undefined> => {
      const field = screen.getByLabelText(label).closest<HTMLElement>('.jp-MLField');
      return field && (await within(field).findByRole('alert')).textContent;
    };
    expect(await help('a_integer')).toBe('Must be an integer.');
    expect(await help('Retries')).toBe('Must be at most 100.');
    expect(await help('Name')).toBe('Must have at most 8 characters.');
    expect(posted).toEqual([]);
  });

  it('adds a property without a name, and requires a name', async () => {
    await show();
    fireEvent.click(screen.getByRole('button', { name: 'Add to Tags' }));
    const name = screen.getByLabelText<HTMLInputElement>('Name', { selector: '.jp-MLField-key input' });
    expect(name.value).toBe('');
    expect(document.activeElement).toBe(name);
    submit();
    await screen.findByText('Must have a name.');
    fireEvent.change(name, { target: { value: 'team' } });
    fireEvent.blur(name);
    submit();
    await waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0].tags).toEqual({ team: '' });
  });

  it('adds no second property without a name, and restores a name that is cleared', async () => {
    await show();
    const add = screen.getByRole('button', { name: 'Add to Tags' });
    const keys = (): HTMLInputElement[] =>
      screen.queryAllByLabelText<HTMLInputElement>('Name', { selector: '.jp-MLField-key input' });
    fireEvent.click(add);
    add.focus();
    fireEvent.click(add);
    expect(keys().map(({ value }) => value)).toEqual(['']);
    expect(document.activeElement).toBe(keys()[0]);
    fireEvent.change(keys()[0], { target: { value: 'team' } });
    fireEvent.blur(keys()[0]);
    fireEvent.click(add);
    expect(keys().map(({ value }) => value)).toEqual(['team', '']);
    fireEvent.change(keys()[0], { target: { value: '' } });
    fireEvent.blur(keys()[0]);
    expect(keys().map(({ value }) => value)).toEqual(['team', '']);
  });

  it('shows an error of the server at its field', async () => {
    await show();
    refusal = new Refusal(400, 'invalid_input', 'alpha is out of this world', 'parameters.alpha');
    submit();
    const field = screen.getByLabelText('alpha').closest<HTMLElement>('.jp-MLField');
    expect(field && (await within(field).findByRole('alert')).textContent).toBe('alpha is out of this world');
    await waitFor(() => expect(document.activeElement?.id).toBe('root_parameters_alpha'));
    type('alpha', '0.7');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('contains the last values, and can be reset', async () => {
    await state.save('jupyter-ml:form:a/train.ipynb', { parameters: { alpha: 0.9 } });
    await show();
    const alpha = screen.getByLabelText<HTMLInputElement>('alpha');
    expect(alpha.value).toBe('0.9');
    fireEvent.click(screen.getByRole('button', { name: 'Reset' }));
    expect(alpha.value).toBe('0.1');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Reset' })).toBeNull());
  });

  it('runs the selected cells, after those that import', async () => {
    await show({ path: 'a/train.ipynb', cells: ['cell-2', 'markdown'] });
    const checked = (): (string | undefined)[] =>
      screen
        .getAllByRole<HTMLInputElement>('checkbox', { name: /import|alpha =|fit|plot/ })
        .flatMap(box => (box.checked ? [box.closest('label')?.querySelector('code')?.textContent] : []));
    expect(checked()).toEqual(['import os', 'alpha = 0.5', 'fit(alpha)']);
    expect(screen.getByText('3 of 4 run')).toBeTruthy();
    expect(screen.getByText(/One selected cell is left out/)).toBeTruthy();
    fireEvent.click(screen.getByLabelText('plot()'));
    fireEvent.click(screen.getByLabelText('import os'));
    expect(checked()).toEqual(['alpha = 0.5', 'fit(alpha)', 'plot()']);
    submit();
    await waitFor(() => expect(posted[0]?.cells).toEqual(['cell-2', 'cell-3']));
  });

  it('cannot be submitted without a cell', async () => {
    await show({ path: 'a/train.ipynb', cells: ['cell-3'] });
    fireEvent.click(screen.getByLabelText('plot()'));
    fireEvent.click(screen.getByLabelText('import os'));
    expect(screen.getByRole('alert').textContent).toBe('Select at least one cell.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Submit' }).disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Select all' }));
    submit();
    await waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0]).not.toHaveProperty('cells');
  });

  it('offers to mark the selected cell where there is no parameters cell', async () => {
    cells = CELLS.filter(({ parameters }) => !parameters);
    let selected: string | null = null;
    const signal = new Signal<object, void>({});
    notebooks = {
      changed: signal,
      open: vi.fn(() => (selected = 'beta = 1\n')),
      selectedCell: () => selected,
      markSelectedCell: vi.fn(() => Promise.resolve(void (cells = CELLS)))
    };
    await show();
    type('a_string', 'kept');
    fireEvent.click(screen.getByRole('button', { name: 'Open the notebook' }));
    act(() => signal.emit());
    expect(screen.getByText('beta = 1')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Mark the selected cell as parameters' }));
    await waitFor(() => expect(screen.queryByRole('note')).toBeNull());
    expect(notebooks.markSelectedCell).toHaveBeenCalledWith('a/train.ipynb');
    expect(screen.getByLabelText<HTMLInputElement>('a_string').value).toBe('kept');
  });

  it('contains the values of a job to rerun, under its name', async () => {
    await show({ job: 'calm_heron' });
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Clone best');
    expect(screen.queryByRole('button', { name: 'Reset' })).toBeNull();
  });
});
