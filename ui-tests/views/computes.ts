// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import type { Workbench } from '../workbench';
import { execute } from './view';
import type { IView } from './view';

/** How many computes there are besides the others, whose list scrolls. */
const MANY = 8;

/** Return the views of computes. */
export function computeViews(workbench: Workbench): IView[] {
  const { page, form } = workbench;
  const panel = page.locator('.jp-MLAsset:visible');
  const isShown = (name: string): Promise<void> => expect(panel.getByRole('heading', { name })).toBeVisible();
  const open = async (name: string): Promise<void> => {
    await execute(workbench, 'jupyter-ml:open-compute', { name });
    await isShown(name);
  };
  return [
    {
      name: 'compute',
      show: async () => {
        await open('local');
        await expect(panel.locator('canvas').first()).toBeVisible();
      }
    },
    {
      name: 'compute-idle',
      show: async () => {
        await create(workbench, { name: 'second', type: 'local', slots: 2, description: 'For short jobs' });
        await open('second');
        await expect(panel.getByRole('status')).toHaveText('Running');
      }
    },
    {
      name: 'compute-failed',
      show: async () => {
        await create(workbench, { name: 'gone', type: 'ssh', host: 'gone.invalid', username: 'ada' });
        await open('gone');
        await expect(panel.getByRole('status').first()).toHaveText('Failed');
      }
    },
    {
      name: 'compute-cluster',
      show: async () => {
        await create(workbench, { name: 'grid', type: 'cluster', min_instances: 1, max_instances: 2 });
        await open('grid');
        await expect(panel.getByRole('row').nth(1)).toContainText('Idle');
        await panel.getByRole('button', { name: /Show Log|Refresh/ }).click();
      }
    },
    {
      name: 'compute-edit',
      show: async () => {
        await panel.getByRole('button', { name: 'Edit…' }).click();
        await expect(form.getByRole('heading', { name: 'Edit grid' })).toBeVisible();
      }
    },
    {
      name: 'compute-many',
      show: async () => {
        for (let number = 0; number < MANY; number++) {
          await create(workbench, { name: `a-machine-with-a-long-name-${number}`, type: 'local' });
        }
        await workbench.openSidebar();
        const title = workbench.sidebar.locator('.lm-AccordionPanel-title', { hasText: /compute/i });
        if ((await title.getAttribute('aria-expanded')) === 'false') await title.click();
        await rowOf(workbench, 'gone').click();
      }
    },
    {
      name: 'compute-create',
      show: async () => {
        await execute(workbench, 'jupyter-ml:create-compute', {});
        await form.getByRole('radio', { name: 'Machine over SSH' }).check();
      }
    },
    {
      name: 'compute-create-errors',
      show: async () => {
        await form.getByRole('button', { name: 'Create' }).click();
        await expect(form.getByRole('alert').first()).toBeVisible();
      }
    }
  ];
}

function rowOf({ sidebar }: Workbench, name: string): Locator {
  return sidebar.locator(`[data-ml-compute="${name}"]`);
}

/** Create a compute that does not exist yet; the views are shown in each theme. */
async function create({ page }: Workbench, data: object): Promise<void> {
  const response = await page.request.post('/jupyter-ml/v1/computes', { data });
  expect([201, 409], await response.text()).toContain(response.status());
}
