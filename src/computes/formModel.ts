// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { JSONExt } from '@lumino/coreutils';
import type { PartialJSONObject, PartialJSONValue, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ErrorSchema } from '@rjsf/utils';

import { ApiError } from '../api';
import type { ApiClient, ComputeInfo as Compute, ComputeType } from '../api';
import { clearNewKeys, defaultsOf, errorAt, fromForm, merge, toForm, toRenderable } from '../forms/document';
import type { ISchema } from '../forms/document';
import type { IFormState } from '../forms/SchemaForm';

/** Fields that all types have. */
const COMMON = ['description', 'slots', 'price_per_hour'];

/** The state of the form that creates or edits a compute: its type, and the fields that the type has. */
export class ComputeFormModel implements IFormState, IDisposable {
  constructor(
    private readonly _api: ApiClient,
    private readonly _done: (compute: Compute) => void,
    /** The compute to edit; null to create one. */
    readonly edited: Compute | null = null
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

  /** Load the types, and choose that of the compute, or the first. */
  async load(): Promise<void> {
    this.error = null;
    try {
      const [types, vault] = await Promise.all([this._api.get('/compute-types'), this._api.get('/vault')]);
      this.types = types;
      this.vault = vault.flatMap(({ kind, name }) => (kind === 'secret' ? [name] : []));
      const own = this.types.find(({ name }) => name === this.edited?.type);
      if (this.edited && own) this._edit(own, this.edited);
      else this.choose(this.types[0]);
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

  /** Show what a compute has; its name does not change. */
  private _edit(type: ComputeType, compute: Compute): void {
    const fields = Object.entries((type.schema as ISchema).properties ?? {});
    const properties = Object.fromEntries(fields.filter(([key]) => key !== 'name'));
    const required = ((type.schema.required ?? []) as string[]).filter(key => key !== 'name');
    this.type = type;
    this.schema = toRenderable({ ...(type.schema as ISchema), properties, required });
    const common = Object.fromEntries(COMMON.map(key => [key, compute[key as 'slots']]));
    const settings = this._hasGroup ? { settings: compute.settings } : compute.settings;
    const shown = toForm(this.schema, { ...common, ...settings } as ReadonlyPartialJSONObject) as PartialJSONObject;
    this.data = merge(this.schema, {}, shown);
    this._before = fromForm(this.schema, this.data) as PartialJSONObject;
    this._changed.emit();
  }

  /** Whether the settings of the type are a group of the form, and not fields beside the others. */
  private get _hasGroup(): boolean {
    const schema: ISchema = this.type?.schema ?? {};
    return schema.properties?.settings !== undefined;
  }

  change(data: PartialJSONObject): void {
    this.data = clearNewKeys(this.schema ?? {}, data, this.data);
    this.fieldErrors = {};
    this.error = null;
    this._changed.emit();
  }

  /** Create or change the compute; errors of the server are shown at their fields. */
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
      this._done(
        this.edited
          ? await this._update(this.edited, fields)
          : await this._api.post('/computes', { body: { ...fields, type: type.name } as never })
      );
    } catch (reason) {
      const error = ApiError.from(reason);
      const fieldErrors = error.field ? this._errorAt(schema, error.field, error.message) : null;
      Object.assign(this, fieldErrors ? { fieldErrors } : { error });
    } finally {
      this.busy = false;
    }
    if (!this.isDisposed) this._changed.emit();
  }

  /** Send what has changed; a field that was emptied gets its default. */
  private async _update(compute: Compute, fields: PartialJSONObject): Promise<Compute> {
    const properties = this.schema?.properties ?? {};
    const valueOf = (key: string): PartialJSONValue =>
      fields[key] ?? (properties[key].default as PartialJSONValue | undefined) ?? null;
    const changed = Object.keys(properties).filter(
      key => !JSONExt.deepEqual(fields[key] ?? null, this._before[key] ?? null)
    );
    if (!changed.length) return compute;
    const pick = (keys: string[]): PartialJSONObject => Object.fromEntries(keys.map(key => [key, valueOf(key)]));
    const common = changed.filter(key => COMMON.includes(key) || this._hasGroup);
    const settings = changed.filter(key => !common.includes(key));
    const body = { ...pick(common), ...(settings.length && { settings: pick(settings) }) };
    const params = { path: { name: compute.name }, query: { revision: compute.revision } };
    return this._api.patch('/computes/{name}', { params, body });
  }

  /** Return an error of the server at its field of the form, in which settings may be a group. */
  private _errorAt(schema: ISchema, field: string, message: string): ErrorSchema | null {
    const text = message.replace(`${field}: `, '');
    const key = field.replace(/^settings\./, '');
    return errorAt(schema, key, text) ?? (this._hasGroup ? errorAt(schema, `settings.${key}`, text) : null);
  }

  dispose(): void {
    this.isDisposed = true;
    this.secrets.clear();
    Signal.clearData(this);
  }

  /** What a compute to edit has. */
  private _before: PartialJSONObject = {};
  private readonly _changed = new Signal<this, void>(this);
}
