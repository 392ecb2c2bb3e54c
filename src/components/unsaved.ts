// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IStateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

/** A text that was typed and is not saved. */
export interface IUnsavedText {
  text: string;
  /** The revision of the resource when the user started to edit. */
  revision?: number;
}

const KEY = 'jupyter-ml:unsaved-texts';
const MOST = 20;

/** Unsaved texts, in the state of JupyterLab: closed tabs and reloads of the page do not lose them. */
export class UnsavedTexts {
  constructor(private readonly _state: IStateDB | null = null) {
    void this._load();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get(key: string): IUnsavedText | undefined {
    return this._texts.get(key);
  }

  /** Keep an unsaved text, or forget it. */
  set(key: string, unsaved: IUnsavedText | null): void {
    if (!this._texts.delete(key) && !unsaved) return;
    if (unsaved) this._texts.set(key, unsaved);
    for (const oldest of [...this._texts.keys()].slice(0, -MOST)) this._texts.delete(oldest);
    void this._state?.save(KEY, Object.fromEntries(this._texts) as unknown as ReadonlyPartialJSONValue);
    this._changed.emit();
  }

  private async _load(): Promise<void> {
    const stored = (await this._state?.fetch(KEY)) as Record<string, IUnsavedText> | undefined;
    if (!stored) return;
    this._texts = new Map([...Object.entries(stored), ...this._texts]);
    this._changed.emit();
  }

  private _texts = new Map<string, IUnsavedText>();
  private readonly _changed = new Signal<this, void>(this);
}
