// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { expect } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

const EXAMPLE = resolve(__dirname, '..', 'examples', 'diabetes.ipynb');

/** Page object of the extension. */
export class Workbench {
  constructor(
    readonly page: IJupyterLabPageFixture,
    readonly folder: string
  ) {
    this.sidebar = page.locator('#jp-MLSidebar');
    this.form = page.locator('.jp-MLForm:visible');
    this.panel = page.locator('.jp-MLJobPanel:visible');
    this.state = this.panel.locator('.jp-MLJobHeader-state');
  }

  readonly sidebar: Locator;
  readonly form: Locator;
  readonly panel: Locator;
  readonly state: Locator;

  /** Create a file in the test's folder. */
  async addFile(name: string, content: string): Promise<void> {
    await this.page.contents.uploadContent(content, 'text', `${this.folder}/${name}`);
    await this.page.filebrowser.refresh();
  }

  /** Copy the example of the README to the test's folder. */
  async addExample(): Promise<void> {
    await this.addFile('diabetes.ipynb', await readFile(EXAMPLE, 'utf8'));
  }

  /** Create a Python notebook in the test's folder. */
  addNotebook(name: string, cells: string[], parameters?: string): Promise<void> {
    const sources = parameters === undefined ? cells : [parameters, ...cells];
    const notebook = {
      cells: sources.map((source, index) => ({
        cell_type: 'code',
        execution_count: null,
        id: `cell-${index}`,
        metadata: source === parameters ? { tags: ['parameters'] } : {},
        outputs: [],
        source
      })),
      metadata: { kernelspec: { display_name: 'Python 3 (ipykernel)', language: 'python', name: 'python3' } },
      nbformat: 4,
      nbformat_minor: 5
    };
    return this.addFile(name, JSON.stringify(notebook));
  }

  /** Return a file in the file browser. */
  file(name: string): Locator {
    return this.page
      .getByRole('region', { name: 'File Browser Section' })
      .getByRole('listitem', { name: new RegExp(`^Name: ${name}`) });
  }

  /** Open the form of a file by the context menu of the file browser. */
  async openForm(name: string): Promise<void> {
    await this.page.sidebar.openTab('filebrowser');
    await choose(this.file(name), 'Run as Job…');
    await expect(this.form.getByRole('button', { name: 'Submit' })).toBeVisible();
  }

  /** Submit the open form, and return the job's name. */
  async submit(): Promise<string> {
    await this.form.getByRole('button', { name: 'Submit' }).click();
    await expect(this.panel).toBeVisible();
    return (await this.panel.getAttribute('id'))!.replace('jp-MLJobPanel-', '');
  }

  /** Return the input of a field. */
  field(name: string): Locator {
    return this.form.locator(`#root_${name}`);
  }

  /** Switch to a tab of the panel, and return its content. */
  async openTab(tab: 'Overview' | 'Notebook' | 'Metrics' | 'Logs' | 'Outputs'): Promise<Locator> {
    await this.panel.getByRole('tab', { name: tab }).click();
    return this.panel.getByRole('tabpanel', { name: tab });
  }

  /** Type into the command palette, and wait until Enter executes a command with that label. */
  async findCommand(label: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+Shift+C');
    await expect(this.page.locator('.lm-CommandPalette-input')).toBeFocused();
    await this.page.keyboard.type(label);
    await expect(this.page.locator('.lm-CommandPalette-item.lm-mod-active')).toContainText(label);
  }

  async openSidebar(): Promise<void> {
    await this.page.sidebar.openTab('jp-MLSidebar');
    await expect(this.sidebar).toBeVisible();
  }

  /** Return the row of a job in the sidebar. */
  row(name: string): Locator {
    return this.sidebar.locator(`.jp-MLJob[data-name="${name}"]`);
  }
}

/**
 * Choose an item of the context menu of an element.
 *
 * The menu is opened again if it is closed before the click, or was opened for what has moved under the pointer.
 */
export async function choose(target: Locator, name: string | RegExp): Promise<void> {
  const page = target.page();
  const item = page.getByRole('menuitem', { name });
  await expect(async () => {
    if (!(await item.isVisible())) {
      if (await page.locator('.lm-Menu').isVisible()) await page.keyboard.press('Escape');
      await target.click({ button: 'right', timeout: 10_000 });
    }
    await item.click({ timeout: 10_000 });
  }).toPass({ timeout: 120_000 });
}

/** Return code of a cell that waits until a file exists. */
export const waitFor = (gate: string): string =>
  `import pathlib, time\nwhile not pathlib.Path(${JSON.stringify(gate)}).exists():\n    time.sleep(0.05)`;

/** Return the number of colours in a canvas; 1 if it is empty. */
export function coloursOf(chart: Locator): Promise<number> {
  return chart.evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}
