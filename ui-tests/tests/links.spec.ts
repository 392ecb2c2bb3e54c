// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { galata } from '@jupyterlab/galata';

import { expect, test } from '../fixtures';
import { choose } from '../workbench';

// of the link to a job that is in another workspace
test.use({ expected: [/404.*\/jobs\//] });

test('share a link to a job, and switch the workspace', async ({ lab, page, workbench }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined })); // as without HTTPS
  await page.reload();
  await workbench.addNotebook('linked.ipynb', ['print(1)']);
  await workbench.openForm('linked.ipynb');
  const name = await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  await workbench.openSidebar();
  const notice = page.getByText('The link is copied.').waitFor(); // it is shown for two seconds
  await choose(workbench.row(name), 'Copy Link');
  await notice;
  const filter = workbench.sidebar.getByRole('combobox', { name: 'Filter' });
  await filter.focus();
  await page.keyboard.press('Control+v');
  await expect(filter).toHaveValue(`${lab.url}/lab?ml=job/${name}`);
  const link = await filter.inputValue();
  await filter.fill('');

  // a second page, with a layout of its own
  const other = await page.context().newPage();
  await galata.Mock.mockState(other, { data: {}, metadata: { id: 'other' } });
  await other.goto(link);
  await expect(other.locator('.jp-MLJobPanel:visible .jp-MLJobHeader-state')).toContainText('Completed');
  await expect(other.locator('.jp-MLJobPanel')).toHaveCount(1);
  expect(other.url()).not.toContain('ml=');
  await expect(other.locator('.lm-TabBar-tab[data-ml-link]')).toHaveAttribute('data-ml-link', `job/${name}`);

  // another workspace is shown to both
  await mkdir(join(lab.root, 'team'), { recursive: true });
  await page.request.post('/jupyter-ml/v1/workspace', { data: { folder: 'team', create: true } });
  const closed = '1 tab of the workspace ui-tests was closed, and opens again with it.';
  await expect(page.getByText(closed)).toBeVisible(); // for some seconds
  const header = workbench.sidebar.locator('.jp-MLHeader-workspace');
  await expect(header).toHaveText('team');
  await expect(workbench.sidebar).toContainText(/This is the workspace team/);
  await expect(other.locator('.jp-MLJobPanel')).toHaveCount(0);
  await expect(workbench.panel).toHaveCount(0);
  await page.screenshot({ path: test.info().outputPath('switched.png') });
  await other.goto(link);
  await expect(other.getByRole('dialog')).toContainText(`“${name}” is not in the workspace that this server shows, team`);
  await other.close();

  await header.click();
  await page.screenshot({ path: test.info().outputPath('menu.png') });
  await page.getByRole('menuitem', { name: /^ui-tests/ }).click();
  await expect(header).toHaveText('ui-tests');
  await expect(workbench.row(name)).toBeVisible();
  await expect(workbench.state).toContainText('Completed'); // its tab is open again
});
