// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISavedFilters } from './tokens';

const KEY = 'savedFilters';

/** The filters that a user has saved, in the settings of JupyterLab. */
export class SavedFilters implements ISavedFilters {
  /**
   * @param settings - Null before they are loaded, and in an application without settings: nothing is saved then.
   */
  constructor(private _settings: ISettingRegistry.ISettings | null = null) {
    if (_settings) this.load(_settings);
  }

  get all(): readonly string[] {
    return (this._settings?.get(KEY).composite ?? []) as string[];
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get canSave(): boolean {
    return this._settings !== null;
  }

  load(settings: ISettingRegistry.ISettings): void {
    this._settings = settings;
    settings.changed.connect(() => this._changed.emit());
    this._changed.emit();
  }

  async toggle(filter: string): Promise<void> {
    const others = this.all.filter(saved => saved !== filter);
    const isSaved = others.length < this.all.length;
    await this._settings?.set(KEY, isSaved ? others : [filter, ...others]);
  }

  private readonly _changed = new Signal<this, void>(this);
}
