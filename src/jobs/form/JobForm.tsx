// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { JSX } from 'react';

import type { FormCode } from '../../api';
import { ErrorNotice } from '../../components';
import { FormFrame, SchemaForm } from '../../forms/SchemaForm';
import { useTrans, useVersion } from '../../hooks';
import { Cells } from './Cells';
import type { FormModel } from './model';
import { NoParameters } from './NoParameters';
import { PlanView } from './PlanView';
import { REFERENCE_WIDGETS } from './ReferenceWidget';

/** The form for a job. `id` is the prefix of the IDs of its inputs. */
export function JobForm({ model, id, onCancel }: { model: FormModel; id: string; onCancel: () => void }): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const { schema, error, busy, cells } = model;
  return (
    <FormFrame form={model}>
      <h2 className="jp-MLForm-title">{titleOf(model, trans)}</h2>
      {error && <ErrorNotice error={error} onRetry={schema ? undefined : () => void model.load()} />}
      {model.code && <Code model={model} code={model.code} />}
      {schema && cells?.isPossible && <Cells selection={cells} disabled={busy} marked={'job' in model.source} />}
      {schema && cells && !cells.hasParameters && model.path && model.notebooks && (
        <NoParameters model={model} notebooks={model.notebooks} />
      )}
      {schema && (
        <SchemaForm
          form={model}
          schema={schema}
          id={id}
          widgets={REFERENCE_WIDGETS}
          context={{
            changed: 'job' in model.source ? idsOf(id, model.changes) : new Set(),
            suggest: model.suggest
          }}
        >
          <div className="jp-MLForm-actions">
            <button type="submit" className="jp-mod-styled jp-mod-accept" disabled={busy || cells?.ids?.size === 0}>
              {busy ? trans.__('Submitting…') : trans.__('Submit')}
            </button>
            <button type="button" className="jp-mod-styled" disabled={busy} onClick={() => void model.check()}>
              {trans.__('Check')}
            </button>
            <button type="button" className="jp-mod-styled jp-mod-reject" onClick={onCancel}>
              {trans.__('Cancel')}
            </button>
            {model.modified && (
              <button type="button" className="jp-MLNotice-action jp-MLForm-reset" onClick={() => model.reset()}>
                {trans.__('Reset')}
              </button>
            )}
          </div>
          {model.plan && <PlanView plan={model.plan} />}
        </SchemaForm>
      )}
    </FormFrame>
  );
}

/** Return what the form runs. */
function titleOf({ source, subject }: FormModel, trans: TranslationBundle): string {
  if ('job' in source) return trans.__('Clone %1', subject);
  return source.cells ? trans.__('Run cells of %1 as a job', subject) : trans.__('Run %1 as a job', subject);
}

/** Which code a rerun runs, with a choice if there is one. */
function Code({ model, code }: { model: FormModel; code: FormCode }): JSX.Element {
  const trans = useTrans();
  const { snapshot, files, changed } = code;
  const note = changed
    ? trans.__('changed since the job')
    : changed === false
      ? trans.__('not changed since the job')
      : '';
  return (
    <fieldset className="jp-MLForm-code">
      <legend className="jp-MLFieldset-title">{trans.__('Code')}</legend>
      {[false, true].map(choice => (
        <label key={String(choice)}>
          <input
            type="radio"
            name={`${JSON.stringify(model.source)}-code`}
            checked={snapshot === choice}
            disabled={model.busy || (!choice && !files)}
            onChange={() => void model.setSnapshot(choice)}
          />
          {choice ? trans.__('As submitted with the job') : trans.__('Current version of the files')}
          {!choice && <span className="jp-MLField-help">{files ? note : trans.__('not available')}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** Return the IDs of the fields that were changed. */
function idsOf(id: string, changes: ReadonlyPartialJSONObject): ReadonlySet<string> {
  const ids = Object.entries(changes).flatMap(([key, value]) => [
    `${id}_${key}`,
    ...(value instanceof Object && !Array.isArray(value)
      ? idsOf(`${id}_${key}`, value as ReadonlyPartialJSONObject)
      : [])
  ]);
  return new Set(ids);
}
