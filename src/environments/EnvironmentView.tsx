// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Environment } from '../api';
import { Age, ErrorNotice, Notice, visible } from '../components';
import { useTrans, useVersion } from '../hooks';
import { Tabs } from '../jobs/panel/Tabs';
import { Actions } from './Actions';
import { CompareTab } from './CompareTab';
import type { EnvironmentModel } from './model';
import { Overview } from './Overview';
import { PackagesTab } from './PackagesTab';
import { stateText } from './texts';

/** Properties of EnvironmentView. */
export interface IEnvironmentViewProps {
  model: EnvironmentModel;
  onOpenJob: (name: string) => void;
  /** Show what a version came from, and what uses it. */
  onShowLineage: (version: string) => void;
  /** Create another version. */
  onCreate: () => void;
}

/** An environment: its versions, and the shown one in tabs. */
export function EnvironmentView({ model, ...actions }: IEnvironmentViewProps): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const { shown, error } = model;
  if (!shown) {
    return error ? <ErrorNotice error={error} onRetry={() => void model.load()} /> : <Notice>{''}</Notice>;
  }
  return (
    <>
      <div className="jp-MLAsset-head">
        <h2>{visible(model.name)}</h2>
        <VersionChoice model={model} shown={shown} />
        <Age time={shown.created_at} />
        <Actions model={model} shown={shown} {...actions} />
      </div>
      {error && <ErrorNotice error={error} onRetry={() => void model.load()} />}
      <BuildNotice model={model} />
      <Tabs
        label={trans.__('What the version consists of')}
        current={model.tab}
        onSelect={tab => model.setTab(tab)}
        tabs={[
          { id: 'overview', label: trans.__('Overview'), body: <Overview model={model} shown={shown} {...actions} /> },
          {
            id: 'packages',
            label: trans.__('Packages'),
            body: (
              <PackagesTab
                packages={model.build?.lock ? model.build.packages : (shown.definition?.requirements ?? [])}
                resolved={Boolean(model.build?.lock)}
              />
            )
          },
          { id: 'compare', label: trans.__('Compare'), body: <CompareTab model={model} shown={shown} /> }
        ]}
      />
    </>
  );
}

function VersionChoice({ model, shown }: { model: EnvironmentModel; shown: Environment }): JSX.Element {
  const trans = useTrans();
  return (
    <label>
      {trans.__('Version')}{' '}
      <select value={shown.version} onChange={({ target }) => void model.select(target.value)}>
        {model.versions.map(({ version, labels, archived }) => (
          <option key={version} value={version}>
            {[version, ...labels, ...(archived ? [trans.__('archived')] : [])].join(', ')}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What a user has to know of the installation: that it is going on, or why it failed. */
function BuildNotice({ model: { build } }: { model: EnvironmentModel }): JSX.Element | null {
  const trans = useTrans();
  if (!build) return null;
  if (build.state === 'building') {
    return <Notice>{`${stateText('building', trans)} ${visible(build.message ?? '')}`}</Notice>;
  }
  if (build.state === 'failed') {
    return (
      <div className="jp-MLEnvironment-failure" role="alert">
        <p>{trans.__('The environment could not be built:')}</p>
        <pre tabIndex={0}>{visible(build.message ?? '', true)}</pre>
      </div>
    );
  }
  return build.message ? <Notice>{visible(build.message)}</Notice> : null;
}
