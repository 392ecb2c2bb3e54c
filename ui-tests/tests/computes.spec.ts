// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { violations } from '../axe';
import { expect, test } from '../fixtures';
import { choose, waitFor } from '../workbench';

test.use({ expected: [/status of 4(00|09)|404.*computes.second/] });

test('a compute is created by a form, runs a job, and is deleted', async ({ page, workbench }) => {
  await workbench.openSidebar();
  await page.evaluate(() => void window.jupyterapp.commands.execute('jupyter-ml:create-compute'));
  const { form } = workbench;
  await form.getByRole('radio', { name: 'Machine over SSH' }).check();
  await expect(form.getByLabel('Value of the secret: Password')).toHaveAttribute('type', 'password');
  await page.screenshot({ path: 'results/compute-form.png' });
  expect(await violations(page)).toEqual([]);
  await form.getByRole('radio', { name: 'Local' }).check();
  await form.getByLabel('Name').fill('two words');
  await form.getByLabel('Jobs at the same time').fill('0');
  await form.getByRole('button', { name: 'Create' }).click();
  await expect(form.getByRole('alert')).toHaveText('Must be at least 1.');
  await form.getByLabel('Jobs at the same time').fill('1');
  await form.getByRole('button', { name: 'Create' }).click();
  await expect(form.getByRole('alert')).toContainText('a name has letters, digits, - and _');
  await expect(form.getByLabel('Name')).toBeFocused();
  await form.getByLabel('Name').fill('second');
  await form.getByRole('button', { name: 'Create' }).click();

  const panel = page.locator('.jp-MLAsset:visible');
  await expect(panel.getByRole('heading', { name: 'second' })).toBeVisible();
  await expect(panel.getByRole('status')).toHaveText('Running');
  await expect(form).toHaveCount(0);
  await panel.getByRole('button', { name: 'Edit…' }).click();
  await form.getByLabel('Description').fill('For short jobs');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(panel).toContainText('For short jobs');
  const section = workbench.sidebar.locator('.lm-AccordionPanel-title', { hasText: /compute/i });
  if ((await section.getAttribute('aria-expanded')) === 'false') await section.click();
  const row = workbench.sidebar.locator('[data-ml-compute="second"]');
  await expect(row).toContainText('Running');
  await row.click();
  await expect(row.locator('.jp-MLRow-detail')).toHaveText('local · slots 1 · For short jobs');

  await workbench.addNotebook('slow.ipynb', [waitFor('gate')]);
  await workbench.openForm('slow.ipynb');
  await workbench.field('compute').selectOption({ label: 'second' });
  const job = await workbench.submit();
  await expect(workbench.state).toContainText('Running');
  await expect(workbench.panel).toContainText('second');

  await page.evaluate(() => void window.jupyterapp.commands.execute('jupyter-ml:open-compute', { name: 'second' }));
  const queue = panel.getByRole('region', { name: 'Jobs' });
  await expect(queue.getByRole('listitem')).toContainText('Running');
  await page.screenshot({ path: 'results/compute-panel.png' });
  expect(await violations(page)).toEqual([]);
  await panel.getByRole('button', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('dialog')).toContainText("'second' is in use");
  await page.getByRole('dialog').getByRole('button').last().click();

  await queue.getByRole('button').click();
  await expect(workbench.panel).toHaveAttribute('id', `jp-MLJobPanel-${job}`);
  await workbench.panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(workbench.state).toContainText('Canceled');
  await workbench.openSidebar();
  await choose(row, 'Delete Compute…');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(row).toHaveCount(0);
});
