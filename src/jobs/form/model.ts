// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PathExt } from '@jupyterlab/coreutils';
import type { PartialJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ErrorSchema } from '@rjsf/utils';

import { ApiError } from '../../api';
import type { FormCell, FormCode, JobCreate } from '../../api';
import type { components } from '../../api/schema.gen';
import { isJobFile } from '../runnable';
import { CellSelection } from './cells';
import {
  clearNewKeys,
  defaultsOf,
  difference,
  errorAt,
  fromForm,
  merge,
  toForm,
  toRenderable
} from '../../forms/document';
import type { ISchema } from '../../forms/document';
import { LastValues } from './lastValues';
import { suggestReferences } from './references';
import type { ISuggestion, ReferenceFormat } from './references';
import type { IFormSource, IFormTools, IOpenNotebooks } from './tools';

/** What a job would be. */
export type JobPlan = components['schemas']['JobPlan'];

export type { IFormSource, IFormTools, IOpenNotebooks } from './tools';

/** The state of a form: its schema, data and errors. */
export class FormModel implements IDisposable {
  constructor(
    readonly source: IFormSource,
    private readonly _tools: IFormTools
  ) {}

  /** The JSON schema; null until it is loaded. */
  get schema(): ISchema | null {
    return this._schema;
  }

  /** The rjsf UI schema. */
  get ui(): ReadonlyPartialJSONObject {
    return this._ui;
  }

  /** The form data. */
  get data(): PartialJSONObject {
    return this._data;
  }

  /** Errors of the server, by field. */
  get fieldErrors(): ErrorSchema {
    return this._fieldErrors;
  }

  /** An error that does not belong to a field. */
  get error(): ApiError | null {
    return this._error;
  }

  /** Whether the form is being submitted. */
  get busy(): boolean {
    return this._busy;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Contents path of the notebook or script; empty for a command, and for a snapshot of a notebook without a file. */
  get path(): string {
    if ('path' in this.source && !isJobFile(this.source.path)) return this.source.path;
    if (this._rerunOf) return '';
    return typeof this._fixed.notebook === 'string' ? this._fixed.notebook : '';
  }

  /** The notebooks that are open. */
  get notebooks(): IOpenNotebooks | null {
    return this._tools.notebooks;
  }

  /** Which cells run; null if it is not a notebook. */
  get cells(): CellSelection | null {
    return this._cells;
  }

  /** A short name of what the form runs. */
  get subject(): string {
    if ('path' in this.source) return PathExt.basename(this.source.path);
    const { job } = this.source;
    const { display_name = this._tools.jobs.peek(job)?.display_name } = this._prefilled;
    return typeof display_name === 'string' ? display_name : job;
  }

  /** Which code a rerun runs; null for a file. */
  get code(): FormCode | null {
    return this._code;
  }

  /** Choose whether a rerun runs the code as it was submitted, or the files as they are now; keeps what was changed. */
  async setSnapshot(snapshot: boolean): Promise<void> {
    this._snapshot = snapshot;
    await this.reload();
  }

  /** Load the schema again, and keep what was changed, also meanwhile. */
  reload(): Promise<void> {
    return this._load(true);
  }

  /** Load the schema, and fill in defaults and the last values. */
  load(): Promise<void> {
    return this._load(false);
  }

  private async _load(keeps: boolean): Promise<void> {
    this._error = null;
    const load = ++this._loads;
    try {
      const { source, _snapshot: snapshot } = this;
      const query = 'job' in source ? { ...source, snapshot } : { path: source.path };
      const form = await this._tools.jobs.api.get('/forms/job', { params: { query } });
      const last = await this._last.get();
      if (load !== this._loads) return; // it is loaded again
      const { changes, cells } = this;
      const schema = toRenderable(form.schema);
      const data = toForm(schema, form.data as PartialJSONObject) as PartialJSONObject;
      this._split(schema, data);
      this._prefilled = merge(schema, defaultsOf(schema), this._data);
      this._data = merge(schema, this._prefilled, last);
      this._rerunOf = form.rerun_of ?? undefined;
      this._cells = this._fixed.type === 'notebook' ? this._selection(form.cells) : null;
      this._code = form.code;
      this._ui = form.ui as PartialJSONObject;
      this._schema = schema;
      if (keeps && cells?.modified) this._cells?.restore(cells.ids);
      if (keeps) this.change(merge(schema, this._data, changes));
    } catch (reason) {
      if (load === this._loads) this._error = ApiError.from(reason);
    }
    this._changed.emit();
  }

  /** Set the form data, and clear the errors of the previous data. */
  change(data: PartialJSONObject): void {
    this._data = clearNewKeys(this._schema ?? {}, data, this._data);
    this._fieldErrors = {};
    this._plan = null;
    this._changed.emit();
  }

  /** Restore the initial data. */
  reset(): void {
    this.change(this._prefilled);
  }

  /** Whether the data differs from the initial data. */
  get modified(): boolean {
    return difference(this._data, this._prefilled) !== undefined;
  }

  /** What differs from the initial data: the fields of a clone that the user changed. */
  get changes(): PartialJSONObject {
    return (difference(this._data, this._prefilled) ?? {}) as PartialJSONObject;
  }

  /** What the job would be, if it has been checked and not changed since. */
  get plan(): JobPlan | null {
    return this._plan;
  }

  /** Return what a field of references offers for a text. */
  readonly suggest = (format: ReferenceFormat, text: string): Promise<ISuggestion[]> =>
    suggestReferences(this._tools.jobs.api, format, text);

  /** Find out what the job would be, without submitting it; errors are shown as when it is submitted. */
  async check(): Promise<void> {
    await this._send(async () => {
      const body = { ...this.submission(), rerun_of: this._rerunOf ?? null };
      this._plan = await this._tools.jobs.api.post('/jobs:plan', { body });
    });
  }

  /** Submit the job; errors of the server are shown at their fields. */
  async submit(): Promise<void> {
    await this._send(async () => {
      const { job, secrets } = this.submission();
      const submitted = await this._tools.jobs.submit(job, secrets, this._rerunOf);
      await this._last.set(difference(this._data, this._prefilled));
      this._tools.done(submitted);
    });
  }

  /** Save the file, and send a request, during which the form is disabled. */
  private async _send(request: () => Promise<void>): Promise<void> {
    if (this._busy || !this._schema) return;
    this._plan = null;
    this._set({ busy: true });
    try {
      if (!this.path || (await this._tools.saved(this.path))) await request();
    } catch (reason) {
      this._setError(ApiError.from(reason));
    } finally {
      this._set({ busy: false });
    }
  }

  /** Return the request: secrets are separate from the job, which only names them. */
  submission(): { job: JobCreate; secrets: Record<string, string> } {
    const schema = this._schema ?? {};
    const { secrets: given = {}, ...rest } = this._data;
    const data = fromForm(schema, { ...rest, parameters: this._parameters(schema) }) as PartialJSONObject;
    const values = Object.entries(given as Record<string, string | undefined>);
    const job: PartialJSONObject = { ...this._fixed, ...data, secrets: values.map(([name]) => name) };
    if (this._cells?.ids) job.cells = [...this._cells.ids];
    else delete job.cells;
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

  /**
   * Omit JSON parameters that equal their default: the notebook's own value may be of a type that JSON does not have.
   */
  private _parameters(schema: ISchema): PartialJSONObject {
    const properties = schema.properties?.parameters?.properties ?? {};
    const given = (this._data.parameters ?? {}) as PartialJSONObject;
    return Object.fromEntries(
      Object.entries(given).filter(
        ([name, value]) => !(properties[name]?.contentMediaType && properties[name].default === value)
      )
    );
  }

  /** Return which cells run at first: those that were selected, or that the job names. */
  private _selection(cells: readonly FormCell[]): CellSelection {
    const given = 'path' in this.source ? this.source.cells : undefined;
    const selection = given
      ? new CellSelection(cells, given, true)
      : new CellSelection(cells, (this._fixed.cells ?? null) as string[] | null);
    selection.changed.connect(() => this._changed.emit());
    return selection;
  }

  /** Split the data into what the form shows, and what is submitted unchanged. */
  private _split(schema: ISchema, data: PartialJSONObject): void {
    const properties = Object.keys(schema.properties ?? {});
    const pick = (wanted: boolean): PartialJSONObject =>
      Object.fromEntries(Object.entries(data).filter(([key]) => properties.includes(key) === wanted));
    this._data = pick(true);
    this._fixed = pick(false);
  }

  private _setError(error: ApiError): void {
    const fieldErrors = error.field && this._schema ? errorAt(this._schema, error.field, error.message) : null;
    this._set(fieldErrors ? { fieldErrors } : { error });
  }

  private _set(state: { busy?: boolean; fieldErrors?: ErrorSchema; error?: ApiError }): void {
    this._busy = state.busy ?? this._busy;
    this._fieldErrors = state.fieldErrors ?? (state.busy ? {} : this._fieldErrors);
    this._error = state.error ?? (state.busy ? null : this._error);
    if (!this._isDisposed) this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _schema: ISchema | null = null;
  private _ui: PartialJSONObject = {};
  private _data: PartialJSONObject = {};
  private _fixed: PartialJSONObject = {};
  private _cells: CellSelection | null = null;
  private _rerunOf: string | undefined;
  private _code: FormCode | null = null;
  private _snapshot: boolean | undefined;
  private _prefilled: PartialJSONObject = {};
  private _fieldErrors: ErrorSchema = {};
  private _error: ApiError | null = null;
  /** The last values for the notebook or script; a rerun starts from the values of its job, and a job file has its own. */
  private get _last(): LastValues {
    const hasOwn = 'job' in this.source || isJobFile(this.source.path);
    return new LastValues(hasOwn ? null : this._tools.state, this.path);
  }

  private _plan: JobPlan | null = null;
  private _busy = false;
  private _loads = 0;
  private _isDisposed = false;
}
