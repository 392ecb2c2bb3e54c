// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISelection } from './tokens';

export class Selection implements ISelection {
  get names(): readonly string[] {
    return this._names;
  }

  get changed(): ISignal<this, readonly string[]> {
    return this._changed;
  }

  set(names: readonly string[]): void {
    if (names.join() === this._names.join()) return;
    this._names = [...names];
    this._changed.emit(this._names);
  }

  private readonly _changed = new Signal<this, readonly string[]>(this);
  private _names: readonly string[] = [];
}
