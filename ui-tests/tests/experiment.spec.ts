// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Page } from '@playwright/test';

import { expect, test } from '../fixtures';
import { choose } from '../workbench';
import type { Workbench } from '../workbench';

test.use({ filled: 10_000, experiment: 'trees' });

const CELLS = [
  `import mlflow, pathlib
import matplotlib.pyplot as plt
figure, axes = plt.subplots()
axes.plot([1, 3, 2])
mlflow.log_figure(figure, 'plots/line.png')
mlflow.log_metric('r2', 0.9999)`,
  `from sklearn.linear_model import LinearRegression
model = LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
mlflow.sklearn.log_model(model, name='model', pip_requirements=['scikit-learn'])`,
  'model.predict([[bedrooms]])'
];

/** Replace the text of the active cell, whose mistake was shown, and save the notebook. */
async function correct(page: Page): Promise<void> {
  const cell = page.locator('.jp-Notebook:visible .jp-Cell.jp-mod-active');
  await expect(cell).toContainText('bedrooms');
  const editor = cell.locator('.cm-content');
  await editor.click();
  await expect(editor).toBeFocused();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('model.predict([[3.0]])');
  const tab = page.getByRole('tab', { name: 'penguins.ipynb', exact: true });
  await expect(tab).toHaveClass(/jp-mod-dirty/);
  await expect(async () => {
    await page.keyboard.press('Control+S');
    // a kernel that starts meanwhile adds its language to the notebook
    await expect(tab).not.toHaveClass(/jp-mod-dirty/, { timeout: 5_000 });
  }).toPass({ timeout: 120_000 });
}

/** Submit a notebook whose last cell fails, and return the name of the job. */
async function submitPenguins(workbench: Workbench): Promise<string> {
  const { page, folder } = workbench;
  await workbench.addNotebook('penguins.ipynb', CELLS);
  const job = { type: 'notebook', notebook: `${folder}/penguins.ipynb`, experiment_name: 'trees' };
  const submitted = await page.request.post('/jupyter-ml/v1/jobs', { data: { job } });
  expect(submitted.status(), await submitted.text()).toBe(201);
  return ((await submitted.json()) as { name: string }).name;
}

test('find a run among 10,000, see what it logged, rename it, edit its failed cell and run it again', async ({
  page,
  workbench
}) => {
  const name = await submitPenguins(workbench);

  await workbench.openSidebar();
  await workbench.sidebar.locator('.lm-AccordionPanel-title', { hasText: 'Experiments' }).click();
  await workbench.sidebar.locator('[data-ml-experiment="trees"]').dblclick();
  const table = page.locator('.jp-MLRuns:visible');
  const grid = table.getByRole('grid', { name: 'Runs of trees' });
  // archived jobs are not shown
  await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(8_500);
  await page.screenshot({ path: 'results/looks/experiment-10000.png' });
  await table.getByRole('combobox', { name: 'Filter runs' }).fill('penguins.ipynb');
  await expect(grid).toHaveAttribute('aria-rowcount', '2');
  const row = grid.locator(`[data-ml-job="${name}"]`);
  await expect(row.getByRole('img', { name: 'Failed' })).toBeVisible();
  await expect(row).toContainText('0.9999'); // the table rests ten times as long as it loaded

  await row.click();
  await expect(row).toHaveAttribute('aria-selected', 'true');
  await grid.press('F2');
  const editor = page.getByRole('textbox', { name: 'Name' });
  await editor.fill('Antarctic trees');
  await editor.press('Enter');
  await expect(row).toContainText('Antarctic trees');
  await expect(grid).toBeFocused();
  await grid.press('Enter');

  await expect(workbench.panel.getByRole('heading', { name: 'Antarctic trees' })).toBeVisible();
  const cause = workbench.panel.getByRole('region', { name: 'Cause' });
  await expect(cause).toContainText('bedrooms');
  await expect(workbench.panel.getByRole('article', { name: 'Model model' })).toContainText('sklearn');
  const outputs = await workbench.openTab('Outputs');
  await outputs.getByRole('treeitem', { name: 'plots' }).click();
  await outputs.getByRole('treeitem', { name: 'line.png' }).click();
  await expect(outputs.getByRole('img', { name: 'plots/line.png' })).toBeVisible();

  await workbench.openTab('Overview');
  await cause.getByRole('button', { name: 'Edit the cell' }).click();
  await correct(page);
  await page.getByRole('tab', { name: /Antarctic trees/ }).click();
  await workbench.panel.getByRole('button', { name: 'Run again', exact: true }).first().click();
  await expect(workbench.panel).not.toHaveAttribute('id', `jp-MLJobPanel-${name}`);
  await expect(workbench.state).toContainText('Completed');
});

test('do the same from Jupyter Notebook, whose panels open in JupyterLab', async ({ page, workbench }) => {
  const name = await submitPenguins(workbench);
  const notebook = await page.context().newPage();
  await notebook.goto(`/tree/${workbench.folder}`);
  const sidebar = notebook.locator('#jp-MLSidebar');
  await notebook.getByRole('menuitem', { name: 'View', exact: true }).click();
  await notebook.getByRole('menuitem', { name: 'Show Jobs and Experiments' }).click();
  await sidebar.locator('.lm-AccordionPanel-title', { hasText: 'Experiments' }).click();
  const experiment = sidebar.locator('[data-ml-experiment="trees"]');
  const [lab] = await Promise.all([notebook.context().waitForEvent('page'), experiment.dblclick()]);
  const grid = lab.getByRole('grid', { name: 'Runs of trees' });
  await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(8_500);

  // found and renamed on the page of Notebook
  await sidebar.getByRole('combobox', { name: 'Filter' }).fill('penguins.ipynb');
  const row = sidebar.locator(`.jp-MLJob[data-name="${name}"]`);
  await expect(row.getByRole('img', { name: 'Failed' })).toBeVisible();
  await row.click();
  await expect(row).toHaveAttribute('aria-selected', 'true');
  await sidebar.getByRole('listbox', { name: 'Jobs' }).press('F2');
  const editor = notebook.getByRole('textbox', { name: 'Name' });
  await editor.fill('Arctic trees');
  await editor.press('Enter');
  await expect(row).toContainText('Arctic');
  await notebook.screenshot({ path: test.info().outputPath('tree.png') });

  // the same tab of the browser shows the next panel
  await row.dblclick();
  const panel = lab.locator('.jp-MLJobPanel:visible');
  await expect(panel.getByRole('heading', { name: 'Arctic trees' })).toBeVisible();
  await expect(panel.getByRole('article', { name: 'Model model' })).toContainText('sklearn');
  await panel.getByRole('tab', { name: 'Outputs' }).click();
  await panel.getByRole('treeitem', { name: 'plots' }).click();
  await panel.getByRole('treeitem', { name: 'line.png' }).click();
  await expect(panel.getByRole('img', { name: 'plots/line.png' })).toBeVisible();
  await panel.getByRole('tab', { name: 'Overview' }).click();
  await panel.getByRole('button', { name: 'Edit the cell' }).click();
  await correct(lab);

  // run again from the row
  const rows = sidebar.locator('.jp-MLJob[data-name]');
  const count = await rows.count();
  await choose(row, /^Run Again$/);
  await expect(rows).toHaveCount(count + 1);
  await expect(rows.first().getByRole('img', { name: 'Completed' })).toBeVisible();
});
