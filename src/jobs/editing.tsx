// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import { ApiError } from '../api';
import type { Job } from '../api';
import { ErrorNotice, openOver, TextEditor } from '../components';
import type { ITextEditorProps } from '../components';
import { useTrans, useVersion } from '../hooks';
import { MAX_NAME } from './naming';
import type { IJobManager } from './tokens';

/** A text of a job that can be edited. */
export type Field = 'display_name' | 'description';

/** Return the properties by which an editor of a text of a job keeps what is typed until it is saved. */
export function unsavedOf(
  { unsaved }: IJobManager,
  { name, created_at }: Job,
  field: Field
): Pick<ITextEditorProps, 'unsaved' | 'onUnsaved'> {
  const key = `${name} ${created_at} ${field}`; // other workspaces may have a job of this name
  return { unsaved: unsaved.get(key), onUnsaved: text => unsaved.set(key, text) };
}

/** Edit a text of a job in its row; `row` may contain elements for fields, with the attribute `data-ml-field`. */
export function editInRow(
  jobs: IJobManager,
  name: string,
  field: Field,
  row: HTMLElement,
  trans: TranslationBundle
): void {
  const anchor = row.querySelector<HTMLElement>(`[data-ml-field="${field}"]`) ?? row;
  openOver(anchor, trans, close => <FieldEditor jobs={jobs} name={name} field={field} onClose={close} />);
}

/** Properties of FieldEditor. */
export interface IFieldEditorProps {
  jobs: IJobManager;
  name: string;
  field: Field;
  onClose: () => void;
}

/** An editor of a text of a job, which is fetched: tables have shortened texts, and lists may have old ones. */
export function FieldEditor({ jobs, name, field, onClose }: IFieldEditorProps): JSX.Element {
  const trans = useTrans();
  const [isLoaded, setLoaded] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  useVersion(jobs.changed);
  useEffect(() => {
    const watched = jobs.watch(name); // another user may change it meanwhile
    jobs.get(name).then(
      () => setLoaded(true),
      (reason: unknown) => setError(ApiError.from(reason))
    );
    return () => watched.dispose();
  }, [jobs, name]);
  const job = isLoaded ? jobs.peek(name) : undefined;
  if (error) return <ErrorNotice error={error} />;
  if (!job) return <span className="jp-MLRow-skeleton" aria-busy />;
  const isNote = field === 'description';
  return (
    <TextEditor
      value={job[field] ?? ''}
      revision={job.revision}
      label={isNote ? trans.__('Note') : trans.__('Name')}
      multiline={isNote}
      optional={isNote}
      maxLength={isNote ? undefined : MAX_NAME}
      leavable
      {...unsavedOf(jobs, job, field)}
      onSave={(text, revision) => jobs.update(name, { [field]: text || null }, revision)}
      onClose={onClose}
    />
  );
}
