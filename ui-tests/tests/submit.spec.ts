// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';
import { coloursOf } from '../workbench';

test('run the example with the mouse, and watch it', async ({ page, workbench }) => {
  await workbench.addExample();
  await workbench.file('diabetes.ipynb').dblclick();
  // only the kernel's version has changed, which does not affect the job
  await expect(page.getByRole('tab', { name: 'diabetes.ipynb' })).toHaveClass(/jp-mod-dirty/);
  await page.getByRole('button', { name: 'Run as Job', exact: true }).click();
  await expect(workbench.field('parameters_alpha')).toHaveValue('0.01');
  await expect(workbench.field('parameters_steps')).toHaveValue('40');
  await workbench.field('parameters_alpha').fill('0.5');
  const name = await workbench.submit();
  const notebook = await workbench.openTab('Notebook');
  await expect(notebook.getByText(/r2 0\.\d+/)).toBeVisible();
  await expect(workbench.state).toContainText('Completed');
  const plot = notebook.locator('.jp-MLCell-outputs img').last();
  await plot.scrollIntoViewIfNeeded();
  const width = (): Promise<number> => plot.evaluate((image: HTMLImageElement) => image.naturalWidth);
  await expect.poll(width).toBeGreaterThan(300);
  await expect(workbench.panel.locator('.jp-MLSegment.jp-mod-completed')).toHaveCount(8);

  const metrics = await workbench.openTab('Metrics');
  const chart = metrics.locator('canvas');
  await expect(chart).toBeVisible();
  await expect.poll(() => coloursOf(chart)).toBeGreaterThan(3);

  const overview = await workbench.openTab('Overview');
  await expect(overview).toContainText(/alpha\s*0.5/);
  await expect(overview).toContainText(/r2\s*0\.\d+/);
  const outputs = await workbench.openTab('Outputs');
  await outputs.getByText('diabetes.png').first().click();
  await expect(outputs.locator('img')).toBeVisible();

  await workbench.openSidebar();
  await expect(workbench.row(name).getByRole('img', { name: 'Completed' })).toBeVisible();
});

test('save changes of the notebook first, after confirmation', async ({ page, workbench }) => {
  await workbench.addNotebook('draft.ipynb', ['print("old")']);
  await workbench.file('draft.ipynb').dblclick();
  await page.notebook.setCell(0, 'code', 'print("new")');
  await page.getByRole('button', { name: 'Run as Job', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('A job runs the saved version.');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(workbench.form).toHaveCount(0);
  await expect(page.getByRole('tab', { name: 'draft.ipynb' })).toHaveClass(/jp-mod-dirty/);

  await page.getByRole('button', { name: 'Run as Job', exact: true }).click();
  await dialog.getByRole('button', { name: 'Save and Continue' }).click();
  await workbench.submit();
  const notebook = await workbench.openTab('Notebook');
  await expect(notebook.locator('.jp-MLCell-outputs')).toHaveText('new');
});

test.describe('an invalid input', () => {
  test.use({ expected: [/status of 4/] });

  test('is reported at its field, and nothing is submitted', async ({ page, workbench }) => {
    await workbench.addNotebook('train.ipynb', ['print(rate)'], 'rate: float = 0.1');
    await workbench.openForm('train.ipynb');
    await workbench.form.getByText('More').click();
    await workbench.field('code').fill('nowhere');
    await workbench.form.getByRole('button', { name: 'Submit' }).click();
    const field = workbench.form.locator('.jp-MLField', { has: page.locator('#root_code') });
    await expect(field.getByRole('alert')).toContainText('nowhere');
    await expect(workbench.field('code')).toBeFocused();
    await expect(workbench.panel).toHaveCount(0);
  });
});

test('the form contains the last values for a notebook', async ({ workbench }) => {
  await workbench.addNotebook('train.ipynb', ['print(rate)'], 'rate: float = 0.1');
  await workbench.openForm('train.ipynb');
  await workbench.field('parameters_rate').fill('0.75');
  await workbench.submit();
  await workbench.openForm('train.ipynb');
  await expect(workbench.field('parameters_rate')).toHaveValue('0.75');
  await workbench.form.getByRole('button', { name: 'Reset' }).click();
  await expect(workbench.field('parameters_rate')).toHaveValue('0.1');
});
