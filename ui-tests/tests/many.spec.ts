// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';

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

  const filter = workbench.sidebar.getByRole('searchbox');
  await filter.fill('river-0001');
  await expect(rows.first()).toHaveAttribute('data-name', /river-0001/);
  await expect.poll(async () => Number(await rows.first().getAttribute('aria-setsize'))).toBeLessThan(100);
  await filter.fill('there is no such job');
  await expect(workbench.sidebar).toContainText('No jobs match the filter.');
  await filter.fill('');
  await expect(rows.first()).toHaveAttribute('aria-setsize', String(total));
});

test('compare some of them', async ({ page, workbench }) => {
  await workbench.openSidebar();
  const rows = workbench.sidebar.locator('.jp-MLJob[data-name]');
  await rows.nth(0).click();
  await rows.nth(3).click({ modifiers: ['Shift'] });
  await rows.nth(2).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Compare Jobs' }).click();
  const compare = page.locator('.jp-MLCompare:visible');
  await expect(compare.getByRole('columnheader')).toHaveCount(4);
  await expect(compare.getByRole('row', { name: /^seed/ })).toContainText('9999');
});
