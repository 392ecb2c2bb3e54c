// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { FormComponent } from '@jupyterlab/ui-components';
import type { PartialJSONObject, ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { englishStringTranslator, TranslatableString } from '@rjsf/utils';
import type { ErrorSchema, RegistryWidgetsType, RJSFSchema, UiSchema } from '@rjsf/utils';
import { useEffect, useRef } from 'react';
import type { JSX, KeyboardEvent, ReactNode } from 'react';

import { useTrans } from '../hooks';
import type { ISchema } from './document';
import { translateErrors } from './errors';
import { ArrayFieldTemplate, FieldTemplate, ObjectFieldTemplate } from './templates';
import { DEFAULTS, validator } from './validator';

const templates = { ArrayFieldTemplate, FieldTemplate, ObjectFieldTemplate };

/** Added values are empty: users would not notice a default value of a secret. */
function translateString(text: TranslatableString, params?: string[]): string {
  return text === TranslatableString.NewStringDefault ? '' : englishStringTranslator(text, params);
}

/** Move the focus to the first field with an error. */
function focusError(form: HTMLElement | null): void {
  const wrong = form?.querySelector('.jp-MLField-errors')?.parentElement;
  wrong?.querySelector<HTMLElement>('input, select, textarea, fieldset')?.focus();
}

/** What forms have in common. */
export interface IFormState {
  /** Null until it is loaded. */
  schema: ISchema | null;
  /** The rjsf UI schema. */
  ui: ReadonlyPartialJSONObject;
  data: PartialJSONObject;
  /** Errors of the server, by field. */
  fieldErrors: ErrorSchema;
  /** Whether it is being submitted. */
  busy: boolean;
  change(data: PartialJSONObject): void;
  submit(): Promise<void>;
}

/** The frame of a form: its first field has the focus once it is loaded, and then the first one that is wrong. */
export function FormFrame({ form, children }: { form: IFormState; children: ReactNode }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const { schema, fieldErrors, busy } = form;

  useEffect(() => {
    if (busy) return; // disabled inputs cannot be focused
    // the form renders its errors after its fields
    const frameId = requestAnimationFrame(() => {
      focusError(frame.current);
    });
    return () => cancelAnimationFrame(frameId);
  }, [fieldErrors, busy]);

  const loaded = schema !== null;
  useEffect(() => {
    if (loaded) frame.current?.querySelector<HTMLElement>('form :is(input, select, textarea)')?.focus();
  }, [loaded]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation(); // JupyterLab would run a cell
    frame.current?.querySelector('form')?.requestSubmit();
  };

  return (
    <div className="jp-MLForm" ref={frame} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

/** Properties of SchemaForm. */
export interface ISchemaFormProps {
  form: IFormState;
  schema: ISchema;
  /** Prefix of the IDs of its inputs. */
  id: string;
  /** For the templates and widgets. */
  context?: object;
  /** Widgets of text by its format. */
  widgets?: RegistryWidgetsType;
  /** Its buttons. */
  children: ReactNode;
}

/** The fields of a JSON schema. */
export function SchemaForm({ form, schema, id, context, widgets, children }: ISchemaFormProps): JSX.Element {
  const trans = useTrans();
  return (
    <FormComponent
      schema={schema as RJSFSchema}
      uiSchema={form.ui as UiSchema<ReadonlyJSONObject>}
      formData={form.data as ReadonlyJSONObject}
      validator={validator}
      templates={templates}
      widgets={widgets}
      idPrefix={id}
      formContext={context ?? {}}
      translateString={translateString}
      transformErrors={errors => translateErrors(errors, trans)}
      experimental_defaultFormStateBehavior={DEFAULTS}
      extraErrors={form.fieldErrors}
      showErrorList={false}
      noHtml5Validate
      disabled={form.busy}
      onChange={({ formData }) => form.change({ ...formData } as never)}
      onError={() => focusError(document.getElementById(id))} // rjsf itself does that before hidden fields are shown
      onSubmit={() => void form.submit()}
    >
      {children}
    </FormComponent>
  );
}
