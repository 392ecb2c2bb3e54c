// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { expect } from '@jupyterlab/galata';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

const EXAMPLE = resolve(__dirname, '..', 'examples', 'diabetes.ipynb');

/** What our extension shows, and what a reader does with it. */
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

  /** The example of the README in the folder of the test. */
  async addExample(): Promise<void> {
    await this._add('diabetes.ipynb', await readFile(EXAMPLE, 'utf8'));
  }

  /** A notebook of cells of Python in the folder of the test. */
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
    return this._add(name, JSON.stringify(notebook));
  }

  /** A notebook of the folder in the file browser. */
  file(name: string): Locator {
    return this.page
      .getByRole('region', { name: 'File Browser Section' })
      .getByRole('listitem', { name: new RegExp(`^Name: ${name}`) });
  }

  /** Open the form of a notebook by the file browser's context menu. */
  async askToRun(name: string): Promise<void> {
    await this.page.sidebar.openTab('filebrowser');
    await this.file(name).click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: 'Run as Job…' }).click();
    await expect(this.form.getByRole('button', { name: 'Submit' })).toBeVisible();
  }

  /** Submit the form that is open; the name of the job. */
  async submit(): Promise<string> {
    await this.form.getByRole('button', { name: 'Submit' }).click();
    await expect(this.panel).toBeVisible();
    return (await this.panel.getAttribute('id'))!.replace('jp-MLJobPanel-', '');
  }

  /** The input of a field of the form. */
  field(name: string): Locator {
    return this.form.locator(`#root_${name}`);
  }

  /** Turn to a tab of the panel; what stands in it. */
  async turnTo(tab: 'Overview' | 'Notebook' | 'Metrics' | 'Logs' | 'Outputs'): Promise<Locator> {
    await this.panel.getByRole('tab', { name: tab }).click();
    return this.panel.getByRole('tabpanel', { name: tab });
  }

  async openSidebar(): Promise<void> {
    await this.page.sidebar.openTab('jp-MLSidebar');
    await expect(this.sidebar).toBeVisible();
  }

  /** The row of a job in the sidebar. */
  row(name: string): Locator {
    return this.sidebar.locator(`.jp-MLJob[data-name="${name}"]`);
  }

  private async _add(name: string, content: string): Promise<void> {
    await this.page.contents.uploadContent(content, 'text', `${this.folder}/${name}`);
    await this.page.filebrowser.refresh();
  }
}

/** How many colours a canvas shows: an empty one has one. */
export function coloursOf(chart: Locator): Promise<number> {
  return chart.evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}
