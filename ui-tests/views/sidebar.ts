// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';

import type { Workbench } from '../workbench';
import type { IView } from './view';

/** Return the views of the sidebar. */
export function sidebarViews({ page, sidebar }: Workbench): IView[] {
  const filter = sidebar.getByRole('combobox', { name: 'Filter' });
  const completions = page.getByRole('listbox', { name: 'Completions' });
  const sections = sidebar.locator('.lm-AccordionPanel-title');
  const help = sidebar.getByRole('region', { name: 'Help on filters' });
  const helpButton = sidebar.getByRole('button', { name: 'Help on filters' });
  return [
    {
      name: 'sidebar',
      show: async () => {
        await page.sidebar.openTab('jp-MLSidebar');
        if (await help.isVisible()) await helpButton.click();
        for (const title of await sections.all()) {
          if ((await title.getAttribute('aria-expanded')) === 'false') await title.click();
        }
        await sidebar.locator('.jp-MLJob[data-name]').nth(1).click();
      }
    },
    {
      name: 'filter-completions',
      show: async () => {
        await filter.fill('is:');
        await expect(completions.getByRole('option').first()).toBeVisible();
      }
    },
    {
      name: 'filter-error',
      show: async () => {
        await filter.fill('foo:bar');
        await expect(sidebar.getByText(/unknown key 'foo'/)).toBeVisible();
      }
    },
    {
      name: 'filter-none',
      show: async () => {
        await filter.fill('nothing-like-this');
        await expect(sidebar).toContainText('No jobs match the filter.');
      }
    },
    {
      name: 'filter-saved',
      show: async () => {
        await filter.fill('');
        await filter.press('Alt+ArrowDown');
        await expect(completions.getByText('saved').first()).toBeVisible();
      }
    },
    {
      name: 'filter-help',
      show: async () => {
        await filter.press('Escape');
        await helpButton.click();
        await expect(help).toBeVisible();
      }
    }
  ];
}
