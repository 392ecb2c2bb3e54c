import { expect, test } from '../fixtures';

test('a job is found, read, cloned and deleted without a mouse', async ({ page, workbench }) => {
  await workbench.addNotebook('keys.ipynb', ['print(rate)'], 'rate: float = 0.1');
  await workbench.askToRun('keys.ipynb');
  const name = await workbench.submit();
  await expect(workbench.state).toContainText('Completed');
  await page.activity.closeAll();

  const { keyboard } = page;
  await keyboard.press('Control+Shift+C');
  await keyboard.type('Show Jobs and Experiments');
  await keyboard.press('Enter');
  await expect(workbench.sidebar.getByRole('searchbox')).toBeFocused();
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
  await expect(page.getByRole('dialog')).toBeVisible();
  await keyboard.press('Enter');
  await expect(workbench.row(name)).toHaveCount(0);
});
