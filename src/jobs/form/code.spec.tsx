// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { Signal } from '@lumino/signaling';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { CELLS, DATA, FormPage } from '../../testing/formPage';
import { Refusal } from '../../testing/server';

describe('the code of a job in its form', () => {
  let page: FormPage;

  beforeEach(() => {
    page = new FormPage();
  });

  it('checks a job without submitting it, until something changes', async () => {
    await page.show();
    fireEvent.click(screen.getByRole('button', { name: 'Check' }));
    const plan = await screen.findByRole('status', { name: 'What the job would do' });
    for (const text of [
      'sklearn:3: would be installed first',
      'azureml:titanic:2 · 2 kB · changed since it was registered: other content',
      'mlflow_model · would be registered as azureml:forest'
    ]) {
      expect(within(plan).getByText(text)).toBeTruthy();
    }
    expect(page.posted).toEqual([]);
    page.type('Name', 'other');
    expect(screen.queryByRole('status', { name: 'What the job would do' })).toBeNull();
    page.refusal = new Refusal(400, 'invalid_input', 'there is no data asset', 'display_name');
    fireEvent.click(screen.getByRole('button', { name: 'Check' }));
    expect(await screen.findByText('there is no data asset')).toBeTruthy();
  });

  it('keeps the environment of a clone', async () => {
    page.data = { ...DATA, environment: { requirements: ['six==1.16.0'], variables: { A: '1' } } };
    await page.show({ job: 'a' });
    expect(screen.getByLabelText<HTMLInputElement>('Environment').value).toBe(JSON.stringify(page.data.environment));
    page.submit();
    await waitFor(() => expect(page.posted).toHaveLength(1));
    expect(page.posted[0].environment).toEqual(page.data.environment);
  });

  it('offers the code that a rerun runs, and marks what was changed', async () => {
    await page.show({ job: 'a' });
    expect(screen.getByText('changed since the job')).toBeTruthy();
    expect(screen.queryByRole('img', { name: 'changed' })).toBeNull();
    page.type('a_string', 'new');
    const mark = screen.getByRole('img', { name: 'changed' });
    expect(mark.closest('label')?.textContent).toContain('a_string');
    const snapshot = screen.getByLabelText<HTMLInputElement>(/As submitted/);
    expect(snapshot.checked).toBe(false);
    fireEvent.click(snapshot);
    await waitFor(() => expect(snapshot.checked).toBe(true));
    expect(screen.getByLabelText<HTMLInputElement>(/a_string/).value).toBe('new');
    page.submit();
    await waitFor(() => expect(page.rerunOf).toEqual(['a']));
    expect(page.posted[0].parameters).toMatchObject({ a_string: 'new', alpha: 0.1 });
  });

  it('runs the selected cells, after those that import', async () => {
    await page.show({ path: 'a/train.ipynb', cells: ['cell-2', 'markdown'] });
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
    page.submit();
    await waitFor(() => expect(page.posted[0]?.cells).toEqual(['cell-2', 'cell-3']));
  });

  it('cannot be submitted without a cell', async () => {
    await page.show({ path: 'a/train.ipynb', cells: ['cell-3'] });
    fireEvent.click(screen.getByLabelText('plot()'));
    fireEvent.click(screen.getByLabelText('import os'));
    expect(screen.getByRole('alert').textContent).toBe('Select at least one cell.');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Submit' }).disabled).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Select all' }));
    page.submit();
    await waitFor(() => expect(page.posted).toHaveLength(1));
    expect(page.posted[0]).not.toHaveProperty('cells');
  });

  it('offers to mark the selected cell where there is no parameters cell', async () => {
    page.cells = CELLS.filter(({ parameters }) => !parameters);
    let selected: string | null = null;
    const signal = new Signal<object, void>({});
    page.notebooks = {
      changed: signal,
      open: vi.fn(() => (selected = 'beta = 1\n')),
      selectedCell: () => selected,
      markSelectedCell: vi.fn(() => Promise.resolve(void (page.cells = CELLS)))
    };
    await page.show();
    page.type('a_string', 'kept');
    fireEvent.click(screen.getByRole('button', { name: 'Open the notebook' }));
    act(() => signal.emit());
    expect(screen.getByText('beta = 1')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Mark the selected cell as parameters' }));
    await waitFor(() => expect(screen.queryByRole('note')).toBeNull());
    expect(page.notebooks.markSelectedCell).toHaveBeenCalledWith('a/train.ipynb');
    expect(screen.getByLabelText<HTMLInputElement>('a_string').value).toBe('kept');
  });

  it('contains the values of a job to rerun, under its name', async () => {
    await page.show({ job: 'calm_heron' });
    expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('Clone best');
    expect(screen.queryByRole('button', { name: 'Reset' })).toBeNull();
  });
});
