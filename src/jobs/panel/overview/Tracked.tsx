// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX, ReactNode } from 'react';

import type { Job, RunDetails } from '../../../api';
import { visible } from '../../../components';
import { useTrans } from '../../../hooks';
import type { TrackedModel } from '../tracked';
import { ModelCard } from './ModelCard';
import { PropertyList } from './PropertyList';

/** The models and datasets of a job's run. */
export function Tracked({ tracked }: { tracked: TrackedModel }): JSX.Element {
  const trans = useTrans();
  return (
    <>
      {tracked.models.length > 0 && (
        <section aria-label={trans.__('Models')}>
          {tracked.models.map(model => (
            <ModelCard key={model.path} model={model} />
          ))}
        </section>
      )}
      <PropertyList
        title={trans.__('Datasets')}
        properties={(tracked.details?.datasets ?? []).map(
          dataset => [visible(dataset.name), <Dataset dataset={dataset} />] as const
        )}
      />
    </>
  );
}

function Dataset({ dataset }: { dataset: RunDetails['datasets'][number] }): JSX.Element {
  const trans = useTrans();
  const rows = dataset.profile.num_rows;
  const facts = [
    dataset.context,
    typeof rows === 'number' ? trans._n('%1 row', '%1 rows', rows) : null,
    dataset.source_type,
    dataset.digest
  ];
  return <span title={visible(dataset.source)}>{visible(facts.filter(Boolean).join(' · '))}</span>;
}

/** Return the parameters that the job's code has logged itself, by name. */
export function loggedParameters(job: Job, details: RunDetails | null): Record<string, string> {
  return without(details?.parameters ?? {}, key => key in job.parameters);
}

/** Return the tags of a job and of its run: those of users, and those that MLflow sets. */
export function tagsOf(
  job: Job,
  details: RunDetails | null
): [own: Record<string, string>, system: Record<string, string>] {
  const tags = { ...job.tags, ...details?.tags };
  const isSystem = (key: string): boolean => /^(mlflow|jupyter_ml)\./.test(key);
  return [without(tags, isSystem), without(tags, key => !isSystem(key))];
}

/** Tags that MLflow sets, in a list that is closed at first. */
export function SystemTags({ tags }: { tags: readonly (readonly [string, ReactNode])[] }): JSX.Element | null {
  const trans = useTrans();
  if (!tags.length) return null;
  return (
    <details className="jp-MLProperties">
      <summary className="jp-MLProperties-title">{trans.__('System tags')}</summary>
      <PropertyList title="" properties={tags} />
    </details>
  );
}

function without<T>(values: Record<string, T>, leaveOut: (key: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !leaveOut(key)));
}
