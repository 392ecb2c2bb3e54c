// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { resolve } from 'node:path';

import { violations } from '../axe';
import { expect, test } from '../fixtures';

const EXAMPLE = resolve(__dirname, '..', '..', 'examples', 'assets');

test('data in a bucket, a pinned environment and a model with its lineage, with the mouse', async ({
  page,
  workbench,
  lab
}) => {
  const { folder, sidebar, state } = workbench;
  await lab.addLake();
  await page.contents.uploadDirectory(EXAMPLE, folder);

  // register what is in the bucket
  await workbench.openSidebar();
  const section = (title: string) => sidebar.getByRole('heading', { name: `${title} Section`, exact: true });
  await sidebar.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('menuitem', { name: 'Register Data…' }).click();
  const registration = page.getByRole('form', { name: 'Register Data' });
  await registration.getByLabel('Path').fill('azureml://datastores/lake/paths/reactor/measurements.csv');
  await registration.getByLabel('Name').fill('measurements');
  await registration.getByRole('button', { name: 'Register' }).click();
  const data = page.locator('.jp-MLAsset:visible');
  await expect(data.getByRole('heading', { name: 'measurements' })).toBeVisible();

  // submit a job that takes it, in the pinned environment
  await page.filebrowser.refresh();
  await workbench.openForm('train.yml');
  await workbench.submit();
  await expect(state).toContainText('Completed'); // installs the environment first
  const logs = await workbench.openTab('Logs');
  await expect(logs).toContainText('with NumPy 2.3.5');

  // the model and its lineage
  await workbench.openSidebar();
  await section('Models').click();
  await sidebar.getByTitle('reactor', { exact: true }).dblclick();
  await page.locator('.jp-MLModel:visible').getByRole('button', { name: 'Show Lineage' }).click();
  const lineage = page.locator('.jp-MLLineage:visible');
  await expect(lineage.getByRole('button', { name: /^reactor:1, Model/ })).toBeVisible();
  await expect(lineage.getByRole('button', { name: /^measurements:1, Data/ })).toBeVisible();
  await expect(lineage.getByRole('button', { name: /^least-squares:1, Environment/ })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await lineage.getByRole('button', { name: /Job · Completed/ }).click();
  await expect(state).toContainText('Completed');
  expect(await lab.leaks()).toEqual([]);
});
