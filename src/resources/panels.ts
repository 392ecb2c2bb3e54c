// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** Panels of one type in the main area: one for each ID, which JupyterLab restores. */
export class Panels<W extends MainAreaWidget> {
  /**
   * @param namespace - A unique name for the layout, e.g. `jupyter-ml-job`.
   */
  constructor(
    private readonly _app: JupyterFrontEnd,
    namespace: string
  ) {
    this.tracker = new WidgetTracker<W>({ namespace });
  }

  readonly tracker: WidgetTracker<W>;

  /** Show the panel with an ID, which is created if there is none. */
  async open(id: string, create: () => Promise<W> | W): Promise<W> {
    const panel = this.find(id) ?? (await this._add(id, create));
    this._app.shell.activateById(id);
    return panel;
  }

  /** Return the panel with an ID. */
  find(id: string): W | undefined {
    return this.tracker.find(panel => panel.id === id);
  }

  /** Restore panels after a reload, by a command and its arguments. */
  restore(restorer: ILayoutRestorer | null, command: string, args: (panel: W) => ReadonlyPartialJSONObject): void {
    void restorer?.restore(this.tracker, { command, args, name: panel => panel.id });
  }

  private async _add(id: string, create: () => Promise<W> | W): Promise<W> {
    const panel = await create();
    panel.id = id;
    this._app.shell.add(panel, 'main', { type: 'Machine Learning' });
    await this.tracker.add(panel);
    return panel;
  }
}
