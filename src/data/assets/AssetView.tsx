// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { Data } from '../../api';
import { Age, CopyText, ErrorNotice, Notice, visible } from '../../components';
import { useTrans, useVersion } from '../../hooks';
import { DataView } from '../DataView';
import type { AssetModel, LineageNode } from './model';
import { checkText, sizeText, trustText } from './texts';

/** Number of uses that are listed; lineage shows all. */
const SHOWN = 5;

/** Properties of AssetView. */
export interface IAssetViewProps {
  model: AssetModel;
  /** Open the job that has created a version. */
  onOpenJob: (name: string) => void;
  /** Show what a version came from, and what uses it. */
  onShowLineage: (version: string) => void;
}

/** A data asset: its versions, where the files of one are and what is known of them, and their content. */
export function AssetView({ model, ...actions }: IAssetViewProps): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const { shown, versions, content, error } = model;
  if (error) return <ErrorNotice error={error} onRetry={() => void model.load()} />;
  if (!shown) return <Notice>{trans.__('Reading the versions…')}</Notice>;
  return (
    <>
      <div className="jp-MLAsset-head">
        <h2>{visible(model.name)}</h2>
        <label>
          {trans.__('Version')}{' '}
          <select
            value={shown.version}
            onChange={event => model.show(versions.find(({ version }) => version === event.target.value) ?? null)}
          >
            {versions.map(({ version, labels }) => (
              <option key={version} value={version}>
                {[version, ...labels].join(', ')}
              </option>
            ))}
          </select>
        </label>
        <Age time={shown.created_at} />
      </div>
      {shown.description && <p className="jp-MLAsset-description">{visible(shown.description)}</p>}
      <Facts asset={shown} model={model} {...actions} />
      {content && (
        <section className="jp-MLDataView" aria-label={trans.__('Content')}>
          <DataView key={content.path} model={content} />
        </section>
      )}
    </>
  );
}

/** Where the files of a version are, what created it, and whether they are the same. */
function Facts({ asset, model, onOpenJob, onShowLineage }: IAssetViewProps & { asset: Data }): JSX.Element {
  const trans = useTrans();
  const { source, path, created_by, tags } = asset;
  const { check, checkError } = model;
  const entries = Object.entries(tags);
  return (
    <dl className="jp-MLAsset-facts">
      <dt>{trans.__('Location')}</dt>
      <dd>
        <CopyText text={path} />
      </dd>
      <dt>{trans.__('Reference')}</dt>
      <dd>
        <CopyText text={`azureml:${asset.name}:${asset.version}`} />
      </dd>
      <dt>{trans.__('Created by')}</dt>
      <dd>
        {visible(created_by)}
        {source?.job && (
          <>
            {' · '}
            <button className="jp-MLNotice-action" onClick={() => onOpenJob(source.job ?? '')}>
              {visible(source.job)}
            </button>
          </>
        )}
        {source?.notebook && ` · ${visible(source.notebook)}`}{' '}
        <button className="jp-MLNotice-action" onClick={() => onShowLineage(asset.version)}>
          {trans.__('Show Lineage')}
        </button>
      </dd>
      {model.uses && <UsedBy uses={model.uses} onOpenJob={onOpenJob} />}
      <dt>{trans.__('Files')}</dt>
      <dd>
        {sizeText(asset, trans)}. {trustText(asset, trans)}{' '}
        <button className="jp-MLNotice-action" onClick={() => void model.checkFiles()}>
          {trans.__('Check for Changes')}
        </button>{' '}
        <span role="status" className={check && check.state !== 'unchanged' ? 'jp-mod-changed' : undefined}>
          {check ? checkText(check, trans) : checkError?.message}
        </span>
      </dd>
      {entries.length > 0 && (
        <>
          <dt>{trans.__('Tags')}</dt>
          <dd>{entries.map(([key, value]) => `${visible(key)}: ${visible(value)}`).join(', ')}</dd>
        </>
      )}
    </dl>
  );
}

/** The newest jobs and assets that use a version directly. */
function UsedBy({
  uses,
  onOpenJob
}: { uses: readonly LineageNode[] } & Pick<IAssetViewProps, 'onOpenJob'>): JSX.Element {
  const trans = useTrans();
  const newest = [...uses].reverse().slice(0, SHOWN);
  return (
    <>
      <dt>{trans.__('Used by')}</dt>
      <dd className="jp-MLAsset-uses">
        {uses.length === 0 && trans.__('Nothing')}
        {newest.map(({ id, kind, name, title, deleted }) =>
          kind === 'job' && !deleted ? (
            <button key={id} className="jp-MLNotice-action" onClick={() => onOpenJob(name)}>
              {visible(title)}
            </button>
          ) : (
            <span key={id}>{visible(title)}</span>
          )
        )}
        {uses.length > SHOWN && trans.__('and %1 more', (uses.length - SHOWN).toLocaleString())}
      </dd>
    </>
  );
}
