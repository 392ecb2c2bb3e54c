// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';
import { choose } from '../workbench';

/** The code of this extension: Jupyter Notebook logs errors of its own, also without the extension. */
const OURS = /extensions\/jupyter-ml\//;

test('run a notebook as a job in Jupyter Notebook, and open the job', async ({ page, workbench }) => {
  await workbench.addNotebook('seven.ipynb', ['print(rate)'], 'rate: float = 0.1');
  const errors: string[] = [];
  const notebook = await page.context().newPage();
  notebook.on('pageerror', error => errors.push(String(error.stack ?? error)));
  await notebook.goto(`/notebooks/${workbench.folder}/seven.ipynb`);
  await notebook.getByRole('button', { name: 'Run as Job', exact: true }).click();
  const form = notebook.locator('.jp-MLForm:visible');
  const save = notebook.getByRole('button', { name: 'Save and Continue' });
  await expect(form.or(save)).toBeVisible();
  if (await save.isVisible()) await save.click();
  await form.locator('#root_parameters_rate').fill('0.75');
  await notebook.screenshot({ path: test.info().outputPath('form.png') });
  await form.getByRole('button', { name: 'Submit' }).click();

  // the page has one document: the job is shown in the sidebar, its panel in JupyterLab
  const row = notebook.locator('#jp-MLSidebar .jp-MLJob', { hasText: 'seven' }).first();
  await expect(row.getByRole('img', { name: 'Completed' })).toBeVisible();
  await expect(form).toHaveCount(0);
  await notebook.screenshot({ path: test.info().outputPath('sidebar.png') });
  const [lab] = await Promise.all([notebook.context().waitForEvent('page'), row.dblclick()]);
  const panel = lab.locator('.jp-MLJobPanel:visible');
  await expect(panel.locator('.jp-MLJobHeader-state')).toContainText('Completed');
  await panel.getByRole('tab', { name: 'Notebook' }).click();
  await expect(panel.locator('.jp-MLCell-outputs')).toHaveText('0.75');
  await lab.close();

  // from the list of files, too
  await notebook.goto(`/tree/${workbench.folder}`);
  await choose(notebook.getByRole('listitem', { name: /seven\.ipynb/ }), 'Run as Job…');
  await expect(form.locator('#root_parameters_rate')).toBeVisible();
  await form.getByRole('button', { name: 'Cancel' }).click();
  await expect(form).toHaveCount(0);
  expect(errors.filter(text => OURS.test(text))).toEqual([]);
});
