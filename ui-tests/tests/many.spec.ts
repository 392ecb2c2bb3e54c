// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';
import { choose } from '../workbench';

test.use({ filled: 10_000 });

test('list 10,000 jobs', async ({ workbench }) => {
  await workbench.openSidebar();
  const list = workbench.sidebar.getByRole('listbox', { name: 'Jobs' });
  const rows = list.getByRole('option');
  await expect(rows.first()).toHaveAttribute('data-name', /./);
  const total = Number(await rows.first().getAttribute('aria-setsize'));
  expect(total).toBeGreaterThan(8_500);
  expect(await rows.count()).toBeLessThan(100);

  await list.evaluate(element => element.scrollTo(0, element.scrollHeight / 2));
  const fromMiddle = async () => Math.abs(Number(await rows.nth(10).getAttribute('aria-posinset')) - total / 2);
  await expect.poll(fromMiddle).toBeLessThan(100);
  await expect(rows.nth(10)).toHaveAttribute('data-name', /./);
  await list.focus();
  await list.press('End');
  await expect(list.locator(`[aria-posinset="${total}"]`)).toHaveAttribute('aria-selected', 'true');
  await expect(list.locator(`[aria-posinset="${total}"]`)).toHaveAttribute('data-name', /-00000\d$/);

  const filter = workbench.sidebar.getByRole('combobox', { name: 'Filter' });
  await filter.fill('river-0001');
  await expect(rows.first()).toHaveAttribute('data-name', /river-0001/);
  await expect.poll(async () => Number(await rows.first().getAttribute('aria-setsize'))).toBeLessThan(100);
  await filter.fill('there is no such job');
  await expect(workbench.sidebar).toContainText('No jobs match the filter.');
  await filter.fill('');
  await expect(rows.first()).toHaveAttribute('aria-setsize', String(total));
});

test('find the runs of a notebook by its name', async ({ page, workbench }) => {
  await workbench.openSidebar();
  const filter = workbench.sidebar.getByRole('combobox', { name: 'Filter' });
  const rows = workbench.sidebar.getByRole('listbox', { name: 'Jobs' }).getByRole('option');
  await expect(async () => {
    await filter.fill(''); // JupyterLab may move the focus while it starts, and the next characters with it
    await filter.pressSequentially('train-7.ipynb');
    await expect(filter).toHaveValue('train-7.ipynb', { timeout: 3_000 });
  }).toPass();
  await expect(workbench.sidebar.locator('.jp-MLSection-summary').first()).toHaveText(/^2\d\d matches$/);
  await expect.poll(async () => Number(await rows.first().getAttribute('aria-setsize'))).toBeLessThan(300);

  const options = page.getByRole('listbox', { name: 'Completions' }).getByRole('option');
  await expect(async () => {
    await filter.fill('train-7.ipynb'); // JupyterLab may move the focus while it starts, which closes the list
    await filter.press('End');
    await filter.pressSequentially(' is:fa');
    await expect(options).toHaveText(['failed'], { timeout: 3_000 });
  }).toPass();
  await filter.press('ArrowDown');
  await filter.press('Enter');
  await expect(filter).toHaveValue('train-7.ipynb is:failed ');
  await expect(workbench.sidebar.locator('.jp-MLSection-summary').first()).toHaveText(/^\d\d matches$/);

  await filter.fill('foo:bar');
  await expect(workbench.sidebar.getByText(/unknown key 'foo'/)).toBeVisible();
  await expect(workbench.sidebar.locator('.jp-MLSection-summary').first()).toHaveText(/^\d\d matches$/);
});

test('compare some of them', async ({ page, workbench }) => {
  await workbench.openSidebar();
  const rows = workbench.sidebar.locator('.jp-MLJob[data-name]');
  await rows.nth(0).click();
  await rows.nth(3).click({ modifiers: ['Shift'] });
  await choose(rows.nth(2), 'Compare Jobs');
  const compare = page.locator('.jp-MLCompare:visible');
  await expect(compare.getByRole('columnheader')).toHaveCount(4);
  await expect(compare.getByRole('row', { name: /^seed/ })).toContainText('9999');
});

test('compare the runs of an experiment in a table and in charts', async ({ page, workbench }) => {
  await workbench.openSidebar();
  await workbench.sidebar.locator('.lm-AccordionPanel-title', { hasText: 'Experiments' }).click();
  await workbench.sidebar.locator('[data-ml-experiment="experiment-01"]').dblclick();
  const panel = page.locator('.jp-MLRuns:visible');
  const rows = panel.locator('.jp-MLRuns-row');
  await expect(panel.getByRole('columnheader', { name: 'optimizer' })).toBeVisible();
  const total = async (): Promise<number> => Number(await panel.getByRole('grid').getAttribute('aria-rowcount'));
  await expect.poll(total).toBeGreaterThan(1_000);
  await expect(panel.locator('.jp-MLPlot-canvas')).toBeVisible();

  await panel.getByRole('columnheader', { name: 'seed' }).getByRole('button').first().click();
  await panel.getByLabel('Group by').selectOption('parameters.optimizer');
  await expect(rows.first()).toContainText(/optimizer: adam.*runs/);
  await rows.first().getByRole('button').click();
  await expect(rows.nth(1)).toContainText('optimizer: lamb');
  await panel.getByLabel('Group by').selectOption('');
  await expect(panel.locator('.jp-MLRuns-row.jp-mod-group')).toHaveCount(0);

  await rows.nth(0).click();
  await rows.nth(2).click({ modifiers: ['Shift'] });
  await panel.getByRole('button', { name: 'Compare 3' }).click();
  await expect(page.locator('.jp-MLCompare:visible').getByRole('columnheader')).toHaveCount(3);
});
