// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Job } from '../../../api';
import { FAILED, JobPanel } from '../../../testing/jobPanel';
import { makeJob } from '../../../testing/jobs';

describe('Overview of a job', () => {
  let panel: JobPanel;

  beforeEach(() => {
    panel = new JobPanel();
  });

  it('shows the cause of a failure and its cell first', async () => {
    panel.show();
    const cause = await screen.findByLabelText('Cause');
    for (const text of [
      'Cell 2 raised ZeroDivisionError.',
      'ZeroDivisionError: division by zero',
      'Check the divisor.'
    ]) {
      expect(within(cause).getByText(text)).toBeTruthy();
    }
    expect(cause.querySelector('.jp-MLSource')?.textContent).toBe('1 / 0');
    expect(cause.querySelector('details')?.open).toBe(false);
    expect(screen.getByText('0.481')).toBeTruthy();
    expect(await screen.findByRole('img', { name: /Memory.*410 MB/ })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('opens the cell that failed in its notebook', async () => {
    panel.show();
    fireEvent.click(await screen.findByRole('button', { name: 'Edit the cell in its notebook' }));
    expect(panel.openSource).toHaveBeenCalledWith(
      '/root/train.ipynb',
      'a',
      expect.objectContaining({ index: 1, id: 'cell-1', source: '1 / 0' })
    );
    fireEvent.click(within(screen.getByLabelText('Cause')).getByRole('button', { name: 'Run again' }));
    expect(panel.executed).toEqual(['a']);
    fireEvent.click(screen.getByRole('button', { name: 'Show its output' }));
    expect(screen.getByRole('tab', { name: 'Notebook' }).getAttribute('aria-selected')).toBe('true');
  });

  it('changes name, note and tags', async () => {
    panel.show();
    fireEvent.click(await screen.findByRole('button', { name: 'Edit Name' }));
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'best so far' } });
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Enter' });
    expect((await screen.findAllByText('best so far')).length).toBeGreaterThan(0);
    fireEvent.click(screen.getByRole('button', { name: 'Edit Note' }));
    fireEvent.change(screen.getByLabelText('Note'), { target: { value: 'try a *smaller* penalty' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('try a *smaller* penalty'); // the tests have no markdown parser
    const input = screen.getByLabelText('Add a tag: key=value');
    fireEvent.change(input, { target: { value: 'team = red=blue' } });
    fireEvent.submit(input);
    fireEvent.click(await screen.findByRole('button', { name: 'Remove the tag team' }));
    await waitFor(() => expect(screen.queryByText('team=red=blue')).toBeNull());
    expect(panel.changes).toEqual([
      { display_name: 'best so far' },
      { description: 'try a *smaller* penalty' },
      { tags: { team: 'red=blue' } },
      { tags: { team: null } }
    ]);
  });

  it('shows how many processes run the command', async () => {
    const distribution = { type: 'tensorflow', worker_count: 2, parameter_server_count: 1 };
    const resources = { instance_count: 2 };
    const spec = { type: 'command', command: 'python train.py', distribution, resources } as Job['spec'];
    panel.job = makeJob('a', { spec, state: 'Completed' });
    panel.show();
    expect((await screen.findByText('Processes')).nextSibling?.textContent).toBe('3 (tensorflow)');
    expect(screen.getByText('Nodes').nextSibling?.textContent).toBe('2');
  });

  it('shows tags that MLflow sets in a closed list', async () => {
    panel.job = makeJob('a', {
      ...FAILED,
      tags: { team: 'blue', 'mlflow.parentRunId': '0f', 'mlflow.source.name': 'x' }
    });
    panel.show();
    await screen.findByText('team=blue');
    const system = screen.getByText('mlflow.source.name').closest('details');
    expect(system?.open).toBe(false);
    expect(screen.getByText('team=blue').closest('details')).toBeNull();
  });

  it('shows what was logged with MLflow: parameters, tags, datasets and models', async () => {
    panel.job = makeJob('a', { ...FAILED, run_id: '0f', parameters: { alpha: 1 } });
    panel.run = {
      run_id: '0f',
      ui_path: '/jupyter-ml/mlflow/#/experiments/0/runs/0f',
      parameters: { alpha: '1', by_hand: '5' },
      tags: { team: 'blue' },
      datasets: [
        {
          name: 'patients',
          digest: 'c6',
          context: 'train',
          source_type: 'code',
          source: '{}',
          profile: { num_rows: 3 }
        }
      ]
    };
    const model = {
      path: 'model',
      name: 'model',
      uri: 'models:/m-1',
      model_id: 'm-1',
      status: 'READY',
      model_type: null
    };
    const signature = { inputs: [{ name: 'age', type: 'double', required: true }], outputs: [], params: [] };
    panel.models = [
      {
        ...model,
        flavors: { python_function: '3.11', sklearn: '1.9' },
        signature,
        size_bytes: 7_000,
        created_at: null,
        problem: null
      }
    ];
    panel.show();
    const parameters = (await screen.findByText('Logged parameters')).closest('section');
    expect(parameters?.textContent).toBe('Logged parametersby_hand5');
    expect(screen.getByText('train · 3 rows · code · c6')).toBeTruthy();
    const card = screen.getByRole('article', { name: 'Model model' });
    for (const text of ['sklearn 1.9', '7 kB', 'double']) expect(within(card).getByText(text)).toBeTruthy();
    expect(screen.getByText('team=blue')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy 0f' })).toBeTruthy();
    const link = screen.getByRole<HTMLAnchorElement>('link', { name: 'Open in MLflow' });
    expect(link.href).toBe('http://localhost/jupyter-ml/mlflow/#/experiments/0/runs/0f');
  });

  it('shows warnings with links to their cells', async () => {
    const hint = 'Log it with another name.';
    panel.job = makeJob('a', { ...FAILED, warnings: [{ message: 'MAP@k was not stored <b>', hint, cell: 1 }] });
    panel.show();
    const warnings = await screen.findByLabelText('Warnings');
    expect(within(warnings).getByText('MAP@k was not stored <b>')).toBeTruthy();
    expect(within(warnings).getByText(hint)).toBeTruthy();
    fireEvent.click(await within(warnings).findByRole('button', { name: 'Show the cell in the notebook' }));
    expect(screen.getByRole('tab', { name: 'Notebook' }).getAttribute('aria-selected')).toBe('true');
  });
});
