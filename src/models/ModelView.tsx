// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Model } from '../api';
import {
  Age,
  CopyText,
  EditableText,
  ErrorNotice,
  formatBytes,
  formatCount,
  Notice,
  Tags,
  visible,
  withErrorDialog
} from '../components';
import { useTrans, useVersion } from '../hooks';
import { JobCommands } from '../jobs/commands';
import { Columns } from '../jobs/panel/overview/ModelCard';
import { PropertyList } from '../jobs/panel/overview/PropertyList';
import { Tabs } from '../jobs/panel/Tabs';
import { useTools } from '../jobs/panel/context';
import { Actions } from './Actions';
import { CompareTab } from './CompareTab';
import { FilesTab } from './FilesTab';
import type { RegisteredModel } from './model';
import { splitNames } from './names';
import { Versions } from './Versions';

const MAX_DESCRIPTION = 5_000;

/** A registered model: its versions, and the selected one in tabs. */
export function ModelView({ model }: { model: RegisteredModel }): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const { selected, details, files } = model;
  if (!selected) {
    return model.error ? (
      <ErrorNotice error={model.error} onRetry={() => void model.load()} />
    ) : (
      <Notice>{model.versions.length || !model.total ? '' : trans.__('The model has no versions.')}</Notice>
    );
  }
  return (
    <div className="jp-MLModel">
      <div className="jp-MLModel-header">
        <h2 className="jp-MLModel-name">
          {visible(model.name)} <span className="jp-MLModel-version">{trans.__('version %1', selected.version)}</span>
        </h2>
        <Actions model={model} selected={selected} />
      </div>
      {model.error && <ErrorNotice error={model.error} onRetry={() => void model.load()} />}
      <div className="jp-MLModel-body">
        <Versions model={model} />
        <div className="jp-MLModel-main">
          <Tabs
            label={trans.__('What the version consists of')}
            current={model.tab}
            onSelect={tab => model.setTab(tab)}
            tabs={[
              {
                id: 'overview',
                label: trans.__('Overview'),
                body: <Overview key={selected.version} model={model} selected={selected} />
              },
              {
                id: 'packages',
                label: trans.__('Packages'),
                body: (
                  <div className="jp-MLAsset-scroll" tabIndex={0}>
                    <PropertyList
                      title={trans.__('Environment')}
                      properties={[
                        [trans.__('Python'), details?.python],
                        [trans.__('MLflow'), details?.mlflow_version]
                      ]}
                    />
                    {details && !details.packages.length && (
                      <Notice>{trans.__('The version lists no packages: it has no requirements.txt.')}</Notice>
                    )}
                    <ul className="jp-MLModel-packages">
                      {details?.packages.map(line => (
                        <li key={line}>
                          <code>{visible(line)}</code>
                        </li>
                      ))}
                    </ul>
                  </div>
                )
              },
              {
                id: 'files',
                label: trans.__('Files'),
                body: files && <FilesTab key={selected.version} files={files} />
              },
              { id: 'compare', label: trans.__('Compare'), body: <CompareTab model={model} selected={selected} /> }
            ]}
          />
        </div>
      </div>
    </div>
  );
}

function Overview({ model, selected }: { model: RegisteredModel; selected: Model }): JSX.Element {
  const trans = useTrans();
  const { commands } = useTools();
  const { details } = model;
  const { revision, source } = selected;
  const flavors = Object.entries(details?.flavors ?? {}).map(([flavor, version]) =>
    visible(`${flavor} ${version}`.trim())
  );
  const { signature = null, stages = [] } = details ?? {};
  const job = source?.job;
  return (
    <div className="jp-MLAsset-scroll" tabIndex={0}>
      {details?.problem && <Notice error>{visible(details.problem)}</Notice>}
      <PropertyList
        title={trans.__('Version')}
        properties={[
          [
            trans.__('Description'),
            <EditableText
              value={selected.description ?? ''}
              revision={revision}
              label={trans.__('Description')}
              placeholder={trans.__('Add a description')}
              maxLength={MAX_DESCRIPTION}
              multiline
              optional
              onSave={(text, base) => model.update({ description: text || null }, base)}
            />
          ],
          [
            trans.__('Aliases'),
            <EditableText
              value={selected.labels.join(', ')}
              revision={revision}
              label={trans.__('Aliases')}
              placeholder={trans.__('Add aliases, e.g. champion')}
              optional
              onSave={(text, base) => model.update({ labels: splitNames(text) }, base)}
            />
          ],
          [trans.__('Stage'), <Stage model={model} selected={selected} />],
          [
            trans.__('Job'),
            job && (
              <button
                className="jp-MLNotice-action"
                onClick={() => void commands.execute(JobCommands.open, { name: job })}
              >
                {visible(job)}
              </button>
            )
          ],
          [trans.__('Type'), selected.type],
          [trans.__('Flavors'), flavors.join(', ')],
          [
            trans.__('Files'),
            selected.files !== null &&
              trans._n(
                '%2 file, %3',
                '%2 files, %3',
                selected.files,
                formatCount(selected.files),
                formatBytes(selected.bytes ?? 0)
              )
          ],
          [trans.__('Status'), selected.status === 'READY' ? null : selected.status],
          [trans.__('Registered'), <Registered selected={selected} />],
          [trans.__('URI'), <CopyText text={selected.uri} />],
          [trans.__('Source'), <CopyText text={visible(selected.path)} />],
          [trans.__('BLAKE3'), selected.digest && <CopyText text={selected.digest} />]
        ]}
      />
      <Tags tags={selected.tags} onChange={tags => model.update({ tags })} />
      <PropertyList
        title={trans.__('Signature')}
        properties={[
          [trans.__('Inputs'), signature && signature.inputs.length > 0 && <Columns columns={signature.inputs} />],
          [trans.__('Outputs'), signature && signature.outputs.length > 0 && <Columns columns={signature.outputs} />],
          [trans.__('Parameters'), signature && signature.params.length > 0 && <Columns columns={signature.params} />]
        ]}
      />
      {details?.input_example && (
        <section className="jp-MLProperties" aria-label={trans.__('Input example')}>
          <h3 className="jp-MLProperties-title">{trans.__('Input example')}</h3>
          {details.input_example_truncated && <Notice>{trans.__('Only the beginning of the file is shown.')}</Notice>}
          <pre className="jp-MLSource" tabIndex={0}>
            {visible(details.input_example, true)}
          </pre>
        </section>
      )}
      <PropertyList
        title={trans.__('History of the stage')}
        properties={[...stages].reverse().map(({ stage, user, time }, index) => [
          `${stages.length - index}. ${stage}`,
          <>
            {visible(user)} <Age time={time} />
          </>
        ])}
      />
    </div>
  );
}

function Registered({ selected }: { selected: Model }): JSX.Element {
  return (
    <>
      <Age time={selected.created_at} /> {visible(selected.created_by)}
    </>
  );
}

function Stage({ model, selected }: { model: RegisteredModel; selected: Model }): JSX.Element {
  const trans = useTrans();
  const stages = [
    ['', trans.__('None')],
    ['Staging', trans.__('Staging')],
    ['Production', trans.__('Production')],
    ['Archived', trans.__('Archived')]
  ];
  return (
    <select
      className="jp-MLModel-stage"
      aria-label={trans.__('Stage')}
      value={selected.stage ?? ''}
      onChange={({ target: { value } }) =>
        void withErrorDialog(trans.__('Stage'), trans, () => model.update({ stage: value || null }))
      }
    >
      {stages.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
