// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect, test } from '../fixtures';

// the deleted job may be gone before its last event is handled
test.use({ expected: [/404.*\/jobs\//] });

test('find, read and delete a job by keyboard', async ({ page, workbench }) => {
  await workbench.addNotebook('keys.ipynb', ['print(rate)'], 'rate: float = 0.1');
  await workbench.openForm('keys.ipynb');
  const name = await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  await page.activity.closeAll();

  const { keyboard } = page;
  await keyboard.press('Control+Shift+C');
  await keyboard.type('Show Jobs and Experiments');
  await keyboard.press('Enter');
  // the command palette returns the focus to the main area
  await workbench.sidebar.getByRole('combobox', { name: 'Filter' }).focus();
  await keyboard.type(name);
  const list = workbench.sidebar.getByRole('listbox', { name: 'Jobs' });
  await expect(list.getByRole('option')).toHaveCount(1);
  await list.focus();
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  await expect(workbench.panel).toBeVisible();

  await workbench.panel.getByRole('tab', { name: 'Overview' }).focus();
  await keyboard.press('ArrowRight');
  await expect(workbench.panel.getByRole('tab', { name: 'Notebook' })).toBeFocused();
  await expect(workbench.panel.getByRole('tabpanel', { name: 'Notebook' })).toContainText('0.1');

  await list.focus();
  await keyboard.press('Delete');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await keyboard.press('Tab');
  await expect(dialog.getByRole('button', { name: 'Delete' })).toBeFocused();
  await keyboard.press('Enter');
  await expect(workbench.row(name)).toHaveCount(0);
  await expect(workbench.panel).toContainText('was deleted');
});
