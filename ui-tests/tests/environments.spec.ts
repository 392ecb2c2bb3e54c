// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { violations } from '../axe';
import { expect, test } from '../fixtures';

test('an environment is created by a form, and shows why it cannot be built', async ({ page, workbench }) => {
  await workbench.openSidebar();
  await page.evaluate(() => void window.jupyterapp.commands.execute('jupyter-ml:create-environment'));
  const form = page.getByRole('form', { name: 'New Environment' });
  await form.getByLabel('Name').fill('packages');
  await form.getByLabel('Requirements').fill('six==1.16.0\nidna');
  await form.getByLabel('Python').fill('3.99');
  await page.screenshot({ path: 'results/environment-form.png' });
  expect(await violations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create' }).click();

  const panel = page.locator('.jp-MLAsset:visible');
  await expect(panel.getByRole('heading', { name: 'packages' })).toBeVisible();
  await expect(panel.getByRole('alert')).toContainText('Python 3.99 is not installed here');
  await panel.getByRole('tab', { name: 'Packages' }).click();
  await expect(panel.getByRole('listitem')).toHaveText(['idna', 'six 1.16.0']);
  await page.screenshot({ path: 'results/environment-packages.png' });
  expect(await violations(page)).toEqual([]);

  const section = workbench.sidebar.locator('.lm-AccordionPanel-title', { hasText: /environments/i });
  if ((await section.getAttribute('aria-expanded')) === 'false') await section.click();
  await expect(workbench.sidebar.locator('[data-ml-environment="packages"]')).toContainText('v1 · failed');
});
