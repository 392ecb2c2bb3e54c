// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import type { Workbench } from '../workbench';
import type { IJobs } from './jobs';
import { execute, openJob } from './view';
import type { IView } from './view';

/** Return the views of the panel of a job that has logged everything. */
export function jobViews(workbench: Workbench, name: string): IView[] {
  const { panel } = workbench;
  const tree = panel.getByRole('tree', { name: 'Files' });
  const item = (path: string): Locator => tree.getByRole('treeitem', { name: path });
  const preview = panel.locator('.jp-MLFiles-preview');
  const previews: [name: string, path: string, seen: () => Locator, parent?: string][] = [
    ['csv', 'people.csv', () => preview.getByRole('columnheader', { name: 'height' })],
    ['array', 'weights.npy', () => preview.getByText('float64 (2, 3)')],
    ['odd-name', '<b>', () => preview.getByText('an odd name')],
    ['binary', 'model.pkl', () => preview.getByText('No preview is available')],
    ['image', 'line.png', () => preview.getByRole('img', { name: 'plots/line.png' }), 'plots'],
    ['table', 'answers.json', () => preview.getByRole('columnheader', { name: 'question' }), 'evaluation'],
    ['model', 'model', () => preview.getByRole('article', { name: 'Model model' })],
    ['json', 'config.json', () => preview.getByText('layers')],
    ['markdown', 'report.md', () => preview.getByRole('heading', { name: 'Report' })],
    ['html', 'report.html', () => preview.locator('iframe')],
    ['notebook', 'output.ipynb', () => preview.locator('.jp-MLCell').first()],
    ['images-by-step', 'images', () => preview.getByRole('slider')]
  ];
  return [
    {
      name: 'job-overview',
      show: async () => {
        await openJob(workbench, name);
        const overview = await workbench.openTab('Overview');
        await expect(overview.getByRole('article', { name: 'Model model' })).toBeVisible();
      }
    },
    { name: 'job-notebook', show: () => workbench.openTab('Notebook') },
    {
      name: 'job-metrics',
      show: async () => {
        const metrics = await workbench.openTab('Metrics');
        await expect(metrics.locator('canvas').first()).toBeVisible();
      }
    },
    {
      name: 'job-logs',
      show: async () => {
        const logs = await workbench.openTab('Logs');
        await logs.getByLabel('Search in the log').fill('step 1');
        await expect(logs.locator('mark').first()).toBeVisible();
      }
    },
    ...previews.map(([kind, path, seen, parent], index) => ({
      name: `outputs-${kind}`,
      show: async () => {
        if (index === 0) {
          await workbench.openTab('Outputs');
          await expect(tree.getByRole('treeitem', { selected: true })).toBeVisible();
          await tree.press('ArrowLeft'); // close a directory that fills the tree
        }
        await tree.press('Home');
        if (parent && (await item(parent).getAttribute('aria-expanded')) !== 'true') await item(parent).click();
        await item(path).first().click();
        await expect(seen().first()).toBeVisible();
      }
    }))
  ];
}

/** Return the views of a failed and of a running job. */
export function otherJobViews(workbench: Workbench, { failed, running }: IJobs): IView[] {
  const { page, panel } = workbench;
  return [
    {
      name: 'job-failed',
      show: async () => {
        await openJob(workbench, failed);
        await workbench.openTab('Overview');
        await expect(panel.locator('.jp-MLCause')).toBeVisible();
      }
    },
    {
      name: 'job-failed-notebook',
      show: async () => {
        const notebook = await workbench.openTab('Notebook');
        await expect(notebook.locator('.jp-MLCell.jp-mod-failed')).toBeVisible();
      }
    },
    {
      name: 'job-running',
      show: async () => {
        await openJob(workbench, running);
        await expect(workbench.state).toContainText('Running');
      }
    },
    {
      name: 'dialog-delete',
      show: async () => {
        await execute(workbench, 'jupyter-ml:delete-job', { name: failed });
        await expect(page.getByRole('dialog')).toContainText('Delete');
      }
    },
    {
      name: 'dialog-cancel',
      show: async () => {
        await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
        await page.clock.setSystemTime(Date.now() + 2 * 86_400_000);
        await workbench.panel.getByRole('button', { name: 'Cancel', exact: true }).click();
        await expect(page.getByRole('dialog')).toContainText('It has run for');
      }
    },
    {
      name: 'notebook',
      show: async () => {
        await page.getByRole('dialog').getByRole('button', { name: 'Keep Running' }).click();
        await workbench.panel.getByRole('button', { name: 'Open executed notebook' }).click();
        await expect(page.locator('.jp-NotebookPanel:visible')).toContainText('notebook is read-only');
      }
    }
  ];
}
