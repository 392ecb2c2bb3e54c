// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IStateDB } from '@jupyterlab/statedb';
import type { PartialJSONObject, PartialJSONValue } from '@lumino/coreutils';

/** The values with which a file was run last; without a database or a path, none are stored. */
export class LastValues {
  constructor(
    private readonly _state: IStateDB | null,
    private readonly _path: string
  ) {}

  async get(): Promise<PartialJSONObject> {
    const values = this._path ? await this._state?.fetch(this._key) : undefined;
    return (values ?? {}) as PartialJSONObject;
  }

  /** Store what differs from the initial values, without the display name and the values of secrets. */
  async set(changes: PartialJSONValue | undefined): Promise<void> {
    if (!this._path) return;
    const chosen = { ...((changes ?? {}) as PartialJSONObject) };
    delete chosen.display_name;
    const names = Object.keys((chosen.secrets ?? {}) as PartialJSONObject);
    if (names.length) chosen.secrets = Object.fromEntries(names.map(name => [name, '']));
    await this._state?.save(this._key, chosen);
  }

  private get _key(): string {
    return `jupyter-ml:form:${this._path}`;
  }
}
