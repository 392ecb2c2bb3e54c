// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { violations } from '../axe';
import { expect, test } from '../fixtures';

const ROWS = 60_000;

// the page of HTML is refused
test.use({ expected: [/status of 400/] });

test('a csv file opens as a table with a profile, and is not changed', async ({ page, workbench }) => {
  const path = `${workbench.folder}/flights.csv`;
  const rows = Array.from({ length: ROWS }, (_, row) => `${row},${['AA', 'UA'][row % 2]},${row % 3 ? row / 4 : ''}`);
  const text = `id,carrier,delay\n${rows.join('\n')}\n`;
  await workbench.addFile('flights.csv', text);
  const menuItem = (text: string) => page.locator('.lm-Menu-item', { hasText: text }); // one with a submenu has no role
  await expect(async () => {
    await workbench.file('flights.csv').click({ button: 'right', timeout: 10_000 });
    await menuItem('Open With').hover({ timeout: 10_000 });
    await menuItem('Data View').click({ timeout: 10_000 });
  }).toPass({ timeout: 120_000 });

  const view = page.locator('.jp-MLDataView:visible');
  const table = view.getByRole('table', { name: /Rows of/ });
  await expect(table.getByRole('row').nth(2)).toContainText('1UA0.25');
  await expect(view).toContainText('60,000 rows');
  await expect(view).toContainText('Profile of all 60,000 rows');
  await view.getByRole('spinbutton', { name: 'Go to Row' }).fill(`${ROWS}`);
  await view.getByRole('spinbutton', { name: 'Go to Row' }).press('Enter');
  await expect(table).toContainText('59999UA');
  await page.screenshot({ path: 'results/data-view.png' });
  expect(await violations(page)).toEqual([]);

  await table
    .getByRole('columnheader', { name: /carrier/ })
    .locator('.jp-mod-clickable')
    .first()
    .click();
  await expect(view).toContainText('30,000 rows');
  await expect(table.getByRole('row').nth(1)).toContainText('10AA');
  await expect(table.getByRole('cell', { name: 'UA', exact: true })).toHaveCount(0);
  await page.screenshot({ path: 'results/data-filter.png' });
  expect(await violations(page)).toEqual([]);
  await view.getByRole('button', { name: 'Remove the filter carrier is AA' }).click();
  await expect(view).toContainText('60,000 rows');

  await view.getByRole('button', { name: 'Columns' }).click();
  await expect(view.getByRole('row', { name: /carrier/ })).toContainText('AA (30,000)UA (30,000)');
  await expect(view.getByRole('row', { name: /delay/ })).toContainText('20,000');
  await page.screenshot({ path: 'results/data-columns.png' });
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Control+s');
  const saved = await page.request.get(`/api/contents/${path}?type=file&format=text`);
  expect(((await saved.json()) as { content: string }).content).toBe(text);

  await page.contents.uploadContent('<!DOCTYPE html><html></html>', 'text', `${workbench.folder}/page.csv`);
  await page.evaluate(async file => {
    await window.jupyterapp.commands.execute('docmanager:open', { path: file, factory: 'jupyter-ml-data-view' });
  }, `${workbench.folder}/page.csv`);
  await expect(page.locator('.jp-MLDataView:visible')).toContainText('page.csv is not a table, but HTML');
});

test('data is registered by a form, and shown with its versions and its content', async ({ page, workbench }) => {
  const { folder } = workbench;
  await workbench.addFile('people.csv', 'name,age\nAllen,29\nAllison,1\n');
  await page.evaluate(
    path => void window.jupyterapp.commands.execute('jupyter-ml:register-data', { path }),
    `${folder}/people.csv`
  );
  const form = page.getByRole('form', { name: 'Register Data' });
  await expect(form.getByLabel('Name')).toHaveValue('people');
  await form.getByLabel('Description').fill('Passengers');
  await page.screenshot({ path: 'results/data-register.png' });
  expect(await violations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Register' }).click();

  const panel = page.locator('.jp-MLAsset:visible');
  await expect(panel.getByRole('heading', { name: 'people' })).toBeVisible();
  await expect(panel.getByRole('table', { name: /Rows of/ })).toContainText('Allison');
  await panel.getByRole('button', { name: 'Check for Changes' }).click();
  await expect(panel).toContainText('Unchanged: the content is the same.');
  await page.screenshot({ path: 'results/data-asset.png' });
  expect(await violations(page)).toEqual([]);
});
