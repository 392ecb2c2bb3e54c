// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';

import type { Workbench } from '../workbench';
import { execute } from './view';
import type { IView } from './view';

/** Return the views that compare jobs. */
export function compareViews(workbench: Workbench): IView[] {
  const { page } = workbench;
  const runs = page.locator('.jp-MLRuns:visible');
  const charts = runs.locator('.jp-MLCharts-chart');
  const addChart = async (type: string): Promise<void> => {
    await runs.getByRole('button', { name: 'Add a chart' }).click();
    await runs.getByLabel('Type').selectOption(type);
    await runs.getByRole('button', { name: 'Add', exact: true }).click();
  };
  return [
    {
      name: 'runs',
      show: async () => {
        await execute(workbench, 'jupyter-ml:open-experiment', { name: 'looks' });
        await expect(runs.locator('.jp-MLRuns-row').nth(1)).toBeVisible();
        await runs.locator('.jp-MLRuns-row').nth(1).click();
      }
    },
    ...['lines', 'bars', 'scatter', 'box', 'parallel'].map((type, index) => ({
      name: `runs-${type}`,
      show: async () => {
        if ((await charts.count()) <= index + 1) await addChart(type);
        await charts.nth(index).scrollIntoViewIfNeeded();
      }
    })),
    {
      name: 'runs-add-chart',
      show: async () => {
        await runs.getByRole('button', { name: 'Add a chart' }).click();
        await runs.getByLabel('Type').scrollIntoViewIfNeeded();
      }
    },
    {
      name: 'runs-columns',
      show: async () => {
        await runs.getByRole('button', { name: 'Cancel' }).click();
        await runs.getByRole('button', { name: 'Columns' }).click();
        await expect(page.getByRole('dialog', { name: 'Columns' })).toBeVisible();
      }
    },
    {
      name: 'runs-grouped',
      show: async () => {
        await page.keyboard.press('Escape');
        await runs.getByLabel('Group by').selectOption('parameters.rate');
      }
    },
    {
      name: 'compare',
      show: async () => {
        await runs.getByLabel('Group by').selectOption('');
        await expect(runs.locator('.jp-MLRuns-row.jp-mod-group')).toHaveCount(0);
        await runs.locator('.jp-MLRuns-row').nth(1).click();
        await runs
          .locator('.jp-MLRuns-row')
          .nth(5)
          .click({ modifiers: ['Shift'] });
        await runs.getByRole('button', { name: /^Compare/ }).click();
        await expect(page.locator('.jp-MLCompare:visible')).toBeVisible();
      }
    }
  ];
}
