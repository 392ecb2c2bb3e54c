// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';

// the deleted job may be gone before its last event is handled
test.use({ expected: [/404.*\/jobs\//] });

test('submit, find, read and delete a job by keyboard', async ({ page, workbench }) => {
  const { keyboard } = page;
  await workbench.addNotebook('keys.ipynb', ['print(rate)'], 'rate: float = 0.1');
  await workbench.openForm('keys.ipynb');
  await expect(workbench.field('parameters_rate')).toBeFocused();
  await keyboard.press('Control+Enter');
  await expect(workbench.panel).toBeVisible();
  const name = (await workbench.panel.getAttribute('id'))!.replace('jp-MLJobPanel-', '');
  await expect(workbench.state).toContainText('Completed');
  await page.activity.closeAll();

  await workbench.findCommand('Show Jobs and Experiments');
  await keyboard.press('Enter');
  const filter = workbench.sidebar.getByRole('combobox', { name: 'Filter' });
  await expect(filter).toBeFocused();
  await keyboard.type(name);
  const list = workbench.sidebar.getByRole('listbox', { name: 'Jobs' });
  await expect(list.getByRole('option')).toHaveCount(1);
  await keyboard.press('Escape'); // of the completions; the filter stays
  await expect(filter).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(list).toBeFocused();
  await expect(workbench.row(name)).toHaveAttribute('aria-selected', 'true');

  await keyboard.press('Shift+F10');
  await expect(page.getByRole('menuitem', { name: 'Open Job', exact: true })).toBeVisible();
  await keyboard.press('Escape');
  await expect(list).toBeFocused();
  await keyboard.press('F2');
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await keyboard.press('Escape');
  await expect(list).toBeFocused();
  await keyboard.press('Enter');
  await expect(workbench.panel).toBeVisible();

  await workbench.panel.getByRole('tab', { name: 'Overview' }).focus();
  await keyboard.press('ArrowRight');
  await expect(workbench.panel.getByRole('tab', { name: 'Notebook' })).toBeFocused();
  await expect(workbench.panel.getByRole('tabpanel', { name: 'Notebook' })).toContainText('0.1');
  await keyboard.press('Shift+Tab'); // one stop for all cells
  await expect(workbench.panel.locator('.jp-MLSegment').first()).toBeFocused();
  await keyboard.press('End');
  await expect(workbench.panel.locator('.jp-MLSegment').last()).toBeFocused();

  await list.focus();
  await keyboard.press('Delete');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await keyboard.press('Escape');
  await expect(list).toBeFocused();
  await keyboard.press('Delete');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await keyboard.press('Tab');
  await expect(dialog.getByRole('button', { name: 'Delete' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(workbench.row(name)).toHaveCount(0);
  await expect(workbench.panel).toContainText('was deleted');
  await expect(list.or(filter).and(page.locator(':focus'))).toHaveCount(1);
});
