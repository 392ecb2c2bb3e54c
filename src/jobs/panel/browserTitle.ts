// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import { formatShare } from '../../components';
import { progressOf } from '../state';
import type { JobPanel } from './panel';

const SETTINGS = 'jupyter-ml:notifications';

/** Shows in the title of the page how far the job is whose panel is current, for users who look at another page. */
export class BrowserTitle {
  constructor(
    private readonly _shell: JupyterFrontEnd.IShell,
    private readonly _panels: WidgetTracker<JobPanel>,
    registry: ISettingRegistry | null
  ) {
    _shell.currentChanged?.connect(this._update, this);
    _panels.forEach(panel => this._follow(panel));
    _panels.widgetAdded.connect((_, panel) => this._follow(panel));
    void this._readSettings(registry);
  }

  private _follow(panel: JobPanel): void {
    panel.model.changed.connect(this._update, this);
    panel.disposed.connect(this._update, this);
    this._update();
  }

  private async _readSettings(registry: ISettingRegistry | null): Promise<void> {
    const settings = await registry?.load(SETTINGS);
    const read = (): void => {
      this._enabled = settings?.get('browserTitle').composite !== false;
      this._update();
    };
    settings?.changed.connect(read);
    read();
  }

  private _update(): void {
    const panel = this._panels.find(each => each === this._shell.currentWidget);
    const progress = this._enabled && panel?.model.job ? progressOf(panel.model.job) : null;
    const { title } = document;
    // JupyterLab replaces the title when another document is current
    const rest = title.startsWith(this._prefix) ? title.slice(this._prefix.length) : title;
    this._prefix = progress === null ? '' : `(${formatShare(progress)}) `;
    if (title !== this._prefix + rest) document.title = this._prefix + rest;
  }

  private _enabled = true;
  private _prefix = '';
}
