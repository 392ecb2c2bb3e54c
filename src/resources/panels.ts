// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** The data attribute of a panel's tab, without its prefix, that contains the link to what the panel shows. */
export const LINK = 'ml-link';

/** The area of the shell in which panels are shown: in Jupyter Notebook, the main area has one document. */
export type PanelArea = 'main' | 'right';

/** Panels of one type: one for each ID, which JupyterLab restores. */
export class Panels<W extends MainAreaWidget> {
  /**
   * @param namespace - A unique name for the layout, e.g. `jupyter-ml-job`.
   */
  constructor(
    private readonly _app: JupyterFrontEnd,
    namespace: string,
    private readonly _area: PanelArea = 'main'
  ) {
    this.tracker = new WidgetTracker<W>({ namespace });
  }

  readonly tracker: WidgetTracker<W>;

  /** Show the panel with an ID, which is created if there is none; `link` is the link to what it shows. */
  async open(id: string, create: () => Promise<W> | W, link?: string): Promise<W> {
    const panel = this.find(id) ?? (await this._addOnce(id, create));
    if (link) panel.title.dataset = { ...panel.title.dataset, [LINK]: link };
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

  /** Add a panel, or return the one that is being added. */
  private _addOnce(id: string, create: () => Promise<W> | W): Promise<W> {
    const adding = this._adding.get(id) ?? this._add(id, create).finally(() => this._adding.delete(id));
    this._adding.set(id, adding);
    return adding;
  }

  private async _add(id: string, create: () => Promise<W> | W): Promise<W> {
    const panel = await create();
    panel.id = id;
    this._app.shell.add(panel, this._area, { type: 'Machine Learning' });
    const { shell } = this._app as { shell: { collapseRight?: () => void } };
    if (this._area === 'right') panel.disposed.connect(() => shell.collapseRight?.()); // it would stay empty
    await this.tracker.add(panel);
    return panel;
  }

  private readonly _adding = new Map<string, Promise<W>>();
}
