// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { PartialJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ErrorSchema } from '@rjsf/utils';

import { ApiError } from '../api';
import type { ApiClient, ComputeInfo as Compute, ComputeType } from '../api';
import { clearNewKeys, defaultsOf, errorAt, fromForm, merge, toRenderable } from '../forms/document';
import type { ISchema } from '../forms/document';
import type { IFormState } from '../forms/SchemaForm';

/** The state of the form that creates a compute: its type, and the fields that the type has. */
export class ComputeFormModel implements IFormState, IDisposable {
  constructor(
    private readonly _api: ApiClient,
    private readonly _done: (compute: Compute) => void
  ) {}

  /** Emitted when any of the properties has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The types that there are; empty until they are loaded. */
  types: readonly ComputeType[] = [];
  /** The chosen type; null until they are loaded. */
  type: ComputeType | null = null;
  schema: ISchema | null = null;
  data: PartialJSONObject = {};
  fieldErrors: ErrorSchema = {};
  /** An error that does not belong to a field. */
  error: ApiError | null = null;
  busy = false;
  /** Names of the secrets of the vault. */
  vault: readonly string[] = [];
  /** Values to store in the vault, by the names of secrets; they are in no form data. */
  readonly secrets = new Map<string, string>();
  isDisposed = false;

  get ui(): ReadonlyPartialJSONObject {
    return (this.type?.ui ?? {}) as ReadonlyPartialJSONObject;
  }

  /** Load the types, and choose the first. */
  async load(): Promise<void> {
    this.error = null;
    try {
      const [types, vault] = await Promise.all([this._api.get('/compute-types'), this._api.get('/vault')]);
      this.types = types;
      this.vault = vault.flatMap(({ kind, name }) => (kind === 'secret' ? [name] : []));
      this.choose(this.types[0]);
    } catch (reason) {
      this.error = ApiError.from(reason);
      this._changed.emit();
    }
  }

  /** Choose a type; fields that it has as well keep their values. */
  choose(type: ComputeType): void {
    this.type = type;
    this.secrets.clear();
    this.schema = toRenderable(type.schema);
    this.change(merge(this.schema, defaultsOf(this.schema), this.data));
  }

  change(data: PartialJSONObject): void {
    this.data = clearNewKeys(this.schema ?? {}, data, this.data);
    this.fieldErrors = {};
    this.error = null;
    this._changed.emit();
  }

  /** Create the compute; errors of the server are shown at their fields. */
  async submit(): Promise<void> {
    const { schema, type } = this;
    if (this.busy || !schema || !type) return;
    Object.assign(this, { busy: true, fieldErrors: {}, error: null });
    this._changed.emit();
    try {
      for (const [name, value] of this.secrets) {
        await this._api.put('/vault/{name}', { params: { path: { name } }, body: { value } });
      }
      const fields = fromForm(schema, this.data) as PartialJSONObject;
      this._done(await this._api.post('/computes', { body: { ...fields, type: type.name } as never }));
    } catch (reason) {
      const error = ApiError.from(reason);
      const fieldErrors = error.field ? errorAt(schema, error.field, error.message) : null;
      Object.assign(this, fieldErrors ? { fieldErrors } : { error });
    } finally {
      this.busy = false;
    }
    if (!this.isDisposed) this._changed.emit();
  }

  dispose(): void {
    this.isDisposed = true;
    this.secrets.clear();
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
}
