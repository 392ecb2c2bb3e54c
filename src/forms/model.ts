// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PathExt } from '@jupyterlab/coreutils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { PartialJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../api';
import type { Job, JobCreate } from '../api';
import type { IJobManager } from '../managers';
import { defaultsOf, difference, drawable, errorAt, fromForm, merge, toForm, unnamed } from './document';
import type { IFieldErrors, ISchema } from './document';

/** What is to be run: a notebook, or a job once more. */
export type IFormSource = { path: string } | { job: string };

/** What a form needs of the rest. */
export interface IFormTools {
  jobs: IJobManager;
  /** Remembers what was chosen last. */
  state: IStateDB | null;
  /** Make sure that a notebook's file is what the reader sees; false when they do not want that. */
  saved: (path: string) => Promise<boolean>;
  /** Called with what was submitted. */
  done: (job: Job) => void;
}

/** A form: what it asks, what is filled in, what is wrong with that. */
export class FormModel implements IDisposable {
  constructor(
    readonly source: IFormSource,
    private readonly _tools: IFormTools
  ) {}

  /** What is asked; null until it is known. */
  get schema(): ISchema | null {
    return this._schema;
  }

  /** How to draw it. */
  get ui(): ReadonlyPartialJSONObject {
    return this._ui;
  }

  /** What is filled in. */
  get data(): PartialJSONObject {
    return this._data;
  }

  /** What the server says about fields. */
  get fieldErrors(): IFieldErrors {
    return this._fieldErrors;
  }

  /** What else went wrong. */
  get error(): ApiError | null {
    return this._error;
  }

  /** Whether the server is being asked. */
  get busy(): boolean {
    return this._busy;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Where the notebook is; empty for a command, and for a notebook that was kept but has no file any more. */
  get path(): string {
    if ('path' in this.source) return this.source.path;
    if (this._rerunOf) return '';
    return typeof this._fixed.notebook === 'string' ? this._fixed.notebook : '';
  }

  /** What the form is about, in a word. */
  get subject(): string {
    if ('path' in this.source) return PathExt.basename(this.source.path);
    const { job } = this.source;
    const { display_name = this._tools.jobs.peek(job)?.display_name } = this._prefilled;
    return typeof display_name === 'string' ? display_name : job;
  }

  /** Ask what to ask, and fill in what is known. */
  async load(): Promise<void> {
    this._error = null;
    try {
      const form = await this._tools.jobs.api.getJobForm(this.source);
      const schema = drawable(form.schema);
      const data = toForm(schema, form.data as PartialJSONObject) as PartialJSONObject;
      this._split(schema, data);
      this._prefilled = merge(schema, defaultsOf(schema), this._data);
      this._data = merge(schema, this._prefilled, await this._remembered());
      this._rerunOf = form.rerun_of ?? undefined;
      this._ui = form.ui as PartialJSONObject;
      this._schema = schema;
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    this._changed.emit();
  }

  /** Take what was filled in; what was wrong before may be right now. */
  change(data: PartialJSONObject): void {
    this._data = unnamed(data, this._data);
    this._fieldErrors = {};
    this._changed.emit();
  }

  /** Fill in what stood there at first. */
  reset(): void {
    this.change(this._prefilled);
  }

  /** Whether anything is not as it was at first. */
  get modified(): boolean {
    return difference(this._data, this._prefilled) !== undefined;
  }

  /** Send it away; what is wrong is shown at its field. */
  async submit(): Promise<void> {
    if (this._busy || !this._schema) return;
    this._set({ busy: true });
    try {
      if (this.path && !(await this._tools.saved(this.path))) return;
      const { job, secrets } = this.submission();
      const submitted = await this._tools.jobs.submit(job, secrets, this._rerunOf);
      await this._remember();
      this._tools.done(submitted);
    } catch (reason) {
      this._complain(ApiError.from(reason));
    } finally {
      this._set({ busy: false });
    }
  }

  /** What is sent: secrets apart from the job, which only names them. */
  submission(): { job: JobCreate; secrets: Record<string, string> } {
    const schema = this._schema ?? {};
    const { secrets: given = {}, ...rest } = this._data;
    const data = fromForm(schema, { ...rest, parameters: this._parameters(schema) }) as PartialJSONObject;
    const values = Object.entries(given as Record<string, string | undefined>);
    const job: PartialJSONObject = { ...this._fixed, ...data, secrets: values.map(([name]) => name) };
    if (this._fixed.type !== 'notebook') delete job.parameters;
    return {
      job: job as unknown as JobCreate,
      secrets: Object.fromEntries(values.flatMap(([name, value]) => (value ? [[name, value]] : [])))
    };
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  /** Parameters as JSON text stay out while they are as in the notebook: it knows more types than JSON does. */
  private _parameters(schema: ISchema): PartialJSONObject {
    const asked = schema.properties?.parameters?.properties ?? {};
    const given = (this._data.parameters ?? {}) as PartialJSONObject;
    return Object.fromEntries(
      Object.entries(given).filter(([name, value]) => !(asked[name]?.contentMediaType && asked[name].default === value))
    );
  }

  /** What the form does not ask for is sent as it came. */
  private _split(schema: ISchema, data: PartialJSONObject): void {
    const asked = Object.keys(schema.properties ?? {});
    const pick = (wanted: boolean): PartialJSONObject =>
      Object.fromEntries(Object.entries(data).filter(([key]) => asked.includes(key) === wanted));
    this._data = pick(true);
    this._fixed = pick(false);
  }

  private _complain(error: ApiError): void {
    const fieldErrors = error.field && this._schema ? errorAt(this._schema, error.field, error.message) : null;
    this._set(fieldErrors ? { fieldErrors } : { error });
  }

  private _set(state: { busy?: boolean; fieldErrors?: IFieldErrors; error?: ApiError }): void {
    this._busy = state.busy ?? this._busy;
    this._fieldErrors = state.fieldErrors ?? (state.busy ? {} : this._fieldErrors);
    this._error = state.error ?? (state.busy ? null : this._error);
    if (!this._isDisposed) this._changed.emit();
  }

  /** A job that is run once more is as it was, whatever was chosen for its notebook. */
  private async _remembered(): Promise<PartialJSONObject> {
    if ('job' in this.source) return {};
    return ((await this._tools.state?.fetch(keyOf(this.path))) ?? {}) as PartialJSONObject;
  }

  /** All but the name, which was of one job, and the values of secrets. */
  private async _remember(): Promise<void> {
    if (!this.path) return;
    const chosen = { ...((difference(this._data, this._prefilled) ?? {}) as PartialJSONObject) };
    delete chosen.display_name;
    const names = Object.keys((chosen.secrets ?? {}) as PartialJSONObject);
    if (names.length) chosen.secrets = Object.fromEntries(names.map(name => [name, '']));
    await this._tools.state?.save(keyOf(this.path), chosen);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _schema: ISchema | null = null;
  private _ui: PartialJSONObject = {};
  private _data: PartialJSONObject = {};
  private _fixed: PartialJSONObject = {};
  private _rerunOf: string | undefined;
  private _prefilled: PartialJSONObject = {};
  private _fieldErrors: IFieldErrors = {};
  private _error: ApiError | null = null;
  private _busy = false;
  private _isDisposed = false;
}

function keyOf(path: string): string {
  return `jupyter-ml:form:${path}`;
}
