// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';

import { DATA, FormPage, TYPES } from '../../testing/formPage';
import { Refusal } from '../../testing/server';

describe('JobForm', () => {
  let page: FormPage;

  beforeEach(() => {
    page = new FormPage();
  });

  it('offers environments, and submits a name or the content of one', async () => {
    await page.show();
    const field = screen.getByLabelText<HTMLInputElement>('Environment');
    expect([...field.list!.options].map(({ value }) => value)).toEqual(['sklearn', 'current']);
    for (const [text, value] of [
      ['sklearn:3', 'sklearn:3'],
      ['{"requirements": ["pandas"]}', { requirements: ['pandas'] }],
      ['', undefined]
    ] as const) {
      page.type('Environment', text);
      page.submit();
      await waitFor(() => expect(page.posted.at(-1)?.environment).toEqual(value));
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
    page.data = { ...DATA, inputs: { train: 'x' } };
    await page.show();
    const field = screen.getByLabelText<HTMLInputElement>('Value of train');
    fireEvent.focus(field);
    page.type('Value of train', text);
    await waitFor(() => expect([...field.list!.options].map(({ value }) => value)).toEqual(offered));
    page.type('Value of train', 'azureml:titanic:2');
    page.submit();
    await waitFor(() => expect(page.posted.at(-1)?.inputs).toEqual({ train: 'azureml:titanic:2' }));
  });

  it('focuses the first field, and submits on Ctrl+Enter', async () => {
    await page.show();
    expect(document.activeElement?.id).toBe('root_parameters_a_number');
    fireEvent.keyDown(screen.getByLabelText('a_string'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(page.posted).toHaveLength(1));
  });

  it('has an input for each parameter by type, and submits typed values', async () => {
    await page.show();
    const kinds = TYPES.map(name => screen.getByLabelText<HTMLInputElement>(`a_${name}`).type);
    expect(kinds).toEqual(['number', 'text', 'checkbox', 'number']);
    page.type('a_number', '0.25');
    page.type('a_string', '7');
    fireEvent.click(screen.getByLabelText('a_boolean'));
    page.submit();
    await waitFor(() => expect(page.posted).toHaveLength(1));
    expect(page.posted[0].parameters).toEqual({
      a_number: 0.25,
      a_string: '7',
      a_boolean: true,
      alpha: 0.1,
      items: [1, 2]
    });
    expect(page.posted[0]).not.toHaveProperty('kernel_name');
  });

  it('shows an error at an invalid field', async () => {
    await page.show();
    page.type('a_integer', '0.5');
    page.type('Retries', '101');
    page.type('Name', 'much too long');
    page.submit();
    const help = async (label: string): Promise<string | null | undefined> => {
      const field = screen.getByLabelText(label).closest<HTMLElement>('.jp-MLField');
      return field && (await within(field).findByRole('alert')).textContent;
    };
    expect(await help('a_integer')).toBe('Must be an integer.');
    expect(await help('Retries')).toBe('Must be at most 100.');
    expect(await help('Name')).toBe('Must have at most 8 characters.');
    expect(page.posted).toEqual([]);
  });

  it('adds a property without a name, and requires a name', async () => {
    await page.show();
    fireEvent.click(screen.getByRole('button', { name: 'Add to Tags' }));
    const name = screen.getByLabelText<HTMLInputElement>('Name', { selector: '.jp-MLField-key input' });
    expect(name.value).toBe('');
    expect(document.activeElement).toBe(name);
    page.submit();
    await screen.findByText('Must have a name.');
    fireEvent.change(name, { target: { value: 'team' } });
    fireEvent.blur(name);
    page.submit();
    await waitFor(() => expect(page.posted).toHaveLength(1));
    expect(page.posted[0].tags).toEqual({ team: '' });
  });

  it('adds no second property without a name, and restores a name that is cleared', async () => {
    await page.show();
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
    await page.show();
    page.refusal = new Refusal(400, 'invalid_input', 'alpha is out of this world', 'parameters.alpha');
    page.submit();
    const field = screen.getByLabelText('alpha').closest<HTMLElement>('.jp-MLField');
    expect(field && (await within(field).findByRole('alert')).textContent).toBe('alpha is out of this world');
    await waitFor(() => expect(document.activeElement?.id).toBe('root_parameters_alpha'));
    page.type('alpha', '0.7');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('contains the last values, and can be reset', async () => {
    await page.state.save('jupyter-ml:form:a/train.ipynb', { parameters: { alpha: 0.9 } });
    await page.show();
    const alpha = screen.getByLabelText<HTMLInputElement>('alpha');
    expect(alpha.value).toBe('0.9');
    fireEvent.click(screen.getByRole('button', { name: 'Reset' }));
    expect(alpha.value).toBe('0.1');
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Reset' })).toBeNull());
  });
});
