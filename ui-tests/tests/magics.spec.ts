// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';

test('run a cell as a job, and watch it in the notebook', async ({ page, workbench }) => {
  await workbench.addNotebook('magic.ipynb', [
    '%load_ext jupyter_ml',
    '%%ml job --name from_a_cell\nimport mlflow\nfor step in range(5):\n    mlflow.log_metric("loss", 1 / (step + 1), step=step)\nprint("deep down")',
    '%ml jobs'
  ]);
  await workbench.file('magic.ipynb').dblclick();
  await page.notebook.activate('magic.ipynb');
  await page.notebook.run();
  const outputs = page.locator('.jp-Notebook .jp-Cell-outputArea');
  await expect(outputs.nth(1)).toContainText('from_a_cell');
  await expect(outputs.nth(1)).toContainText('Completed');
  await expect(outputs.nth(1)).toContainText('deep down');
  await expect(outputs.nth(1)).toContainText('loss');
  await expect(outputs.nth(2)).toContainText('from_a_cell');
  await workbench.openSidebar();
  await expect(workbench.row('from_a_cell').getByRole('img', { name: 'Completed' })).toBeVisible();
});
