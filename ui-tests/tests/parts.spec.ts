// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';
import { choose } from '../workbench';

test.use({ expected: [/status of 400.*compose/] });

test('run a script from the file browser, but no other files', async ({ page, workbench }) => {
  await workbench.addFile('notes.txt', 'nothing to run');
  await workbench.addFile('compose.yml', 'services: {}');
  await workbench.addFile('train.py', 'import sys\nprint("arguments:", sys.argv[1:])');
  await workbench.file('notes.txt').click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Run as Job…' })).toHaveCount(0);
  await page.keyboard.press('Escape');

  await workbench.openForm('train.py');
  await expect(workbench.field('command')).toHaveValue('python train.py');
  await workbench.field('command').fill('python train.py --fast');
  await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  const logs = await workbench.openTab('Logs');
  await expect(logs).toContainText("arguments: ['--fast']");

  await choose(workbench.file('compose.yml'), 'Run as Job…');
  await expect(workbench.form).toContainText('compose.yml is not a job file');
});

test('run the selected cells of a notebook, with a parameters cell that the form marks', async ({ page, workbench }) => {
  await workbench.addNotebook('parts.ipynb', ['import math', 'never()', 'x = 4', 'print(math.sqrt(x))', 'print("rest")']);
  await workbench.file('parts.ipynb').dblclick();
  const cell = (index: number) => page.locator('.jp-Notebook .jp-CodeCell').nth(index);
  await cell(3).locator('.jp-InputPrompt').click();
  await choose(cell(3).locator('.jp-InputPrompt'), 'Run Selected Cells as Job…');
  await expect(workbench.form.getByText('2 of 5 run')).toBeVisible();
  await expect(workbench.form.getByRole('checkbox', { name: 'import math' })).toBeChecked();

  await page.getByRole('tab', { name: 'parts.ipynb', exact: true }).click();
  await cell(2).locator('.jp-InputPrompt').click();
  await page.getByRole('tab', { name: 'Run parts.ipynb' }).click();
  await workbench.form.getByRole('button', { name: 'Mark the selected cell as parameters' }).click();
  await workbench.field('parameters_x').fill('9');
  await expect(workbench.form.getByText('3 of 5 run')).toBeVisible();
  await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  const notebook = await workbench.openTab('Notebook');
  await expect(notebook.locator('.jp-MLCell-outputs')).toHaveText('3.0');
  await expect(notebook.getByText('Skipped')).toHaveCount(2);
});
