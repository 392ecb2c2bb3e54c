// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';
import type { Workbench } from '../workbench';

/** Return the names of the files in the test's folder. */
async function filesOf({ page, folder }: Workbench): Promise<string[]> {
  const response = await page.request.get(`/api/contents/${folder}?content=1`);
  const { content } = (await response.json()) as { content: { name: string }[] };
  return content.map(({ name }) => name).sort();
}

// ipywidgets requests the kernel of each notebook, and the test requests a folder that does not exist
test.use({ expected: [/jupyterlab-manager|404.*contents.nowhere/] });

test('an executed notebook opens in place, and a copy is saved only by command', async ({ page, workbench }) => {
  await workbench.addNotebook('train.ipynb', [
    'print("hello")',
    'from ipywidgets import IntProgress\nIntProgress(value=3, max=4, description="epochs")'
  ]);
  await workbench.openForm('train.ipynb');
  const job = await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  const name = `train-${job}.ipynb`;
  const mine = JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });
  await page.contents.uploadContent(mine, 'text', `${workbench.folder}/${name}`);

  await workbench.panel.getByRole('button', { name: 'Open executed notebook' }).click();
  const tab = page.getByRole('tab', { name });
  const notebook = page.locator('.jp-NotebookPanel:visible');
  await expect(tab).toBeVisible();
  await expect(tab.locator('[data-icon="jupyter-ml:ml"]')).toBeVisible();
  await expect(notebook.locator('.jp-OutputArea').first()).toContainText('hello');
  await expect(notebook.locator('.jp-OutputArea').nth(1)).toContainText('epochs');
  await expect(notebook).toContainText('No Kernel');
  await expect(notebook).toContainText('notebook is read-only');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.screenshot({ path: 'results/executed-notebook.png' });
  expect(await filesOf(workbench)).toEqual([name, 'train.ipynb']);

  await notebook.getByRole('button', { name: 'Save a Copy…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox')).toHaveValue(`${workbench.folder}/train-${job}-1.ipynb`);
  await dialog.getByRole('textbox').fill(`${workbench.folder}/${name}`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('Choose another name');
  await page.screenshot({ path: 'results/save-a-copy.png' });
  await dialog.getByRole('textbox').fill('nowhere/mine.ipynb');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('The folder nowhere does not exist');
  await dialog.getByRole('textbox').fill(`${workbench.folder}/mine.ipynb`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('tab', { name: 'mine.ipynb' })).toBeVisible();
  await expect(notebook.locator('.jp-OutputArea').first()).toContainText('hello');
  expect(await filesOf(workbench)).toEqual(['mine.ipynb', name, 'train.ipynb']);
  const unchanged = await page.request.get(`/files/${workbench.folder}/${name}`);
  expect(await unchanged.text()).toBe(mine);

  await tab.click();
  await expect(page).toHaveURL(/tree\/jupyter-ml-jobs%3A/);
  await page.reload();
  await expect(notebook.locator('.jp-OutputArea').first()).toContainText('hello');
  await expect(notebook).toContainText('No Kernel');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const sessions = await (await page.request.get('/api/sessions')).json();
  expect(sessions.filter(({ path }: { path: string }) => path.startsWith('jupyter-ml-jobs:'))).toEqual([]);
});

test('a file of a job opens in place', async ({ page, workbench }) => {
  await workbench.addNotebook('write.ipynb', [
    'from pathlib import Path\nPath("outputs").mkdir(exist_ok=True)\nPath("outputs/words.txt").write_text("kept words")',
    'Path("lost.csv").write_text("a,b")'
  ]);
  await workbench.openForm('write.ipynb');
  const job = await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  const outputs = await workbench.openTab('Outputs');
  await outputs.getByRole('treeitem', { name: /words\.txt/ }).click();
  await expect(outputs).toContainText('lost.csv (3 bytes) was written outside outputs/');
  await page.screenshot({ path: 'results/outside.png' });
  await workbench.openTab('Overview');
  await expect(workbench.panel.getByRole('region', { name: 'Warnings' })).toContainText('lost.csv');
  await workbench.openSidebar();
  await expect(workbench.row(job).getByRole('img', { name: '1 warning' })).toBeVisible();
  await page.screenshot({ path: 'results/warnings.png' });
  await page.sidebar.openTab('filebrowser');
  await workbench.openTab('Outputs');
  await outputs.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('tab', { name: 'words.txt' })).toBeVisible();
  await expect(page.locator('.jp-FileEditor:visible')).toContainText('kept words');
  expect(await filesOf(workbench)).toEqual(['write.ipynb']);
  await page.getByRole('button', { name: 'Save a Copy…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => filesOf(workbench)).toEqual(['words.txt', 'write.ipynb']);
});
