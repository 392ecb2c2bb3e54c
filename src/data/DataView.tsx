// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import { ErrorNotice, Notice } from '../components';
import { useTrans, useVersion } from '../hooks';
import { ColumnsTable } from './ColumnsTable';
import { Conditions } from './Conditions';
import { Images } from './Images';
import { PAGE } from './model';
import type { DataModel } from './model';
import { RowsTable } from './RowsTable';
import { basisText } from './texts';

/** A data file: its rows, or its columns, below a line with what is known of it. */
export function DataView({ model }: { model: DataModel }): JSX.Element {
  const trans = useTrans();
  const [showsColumns, setShowsColumns] = useState(false);
  useVersion(model.changed);
  const { first, profile, error, profileError, isProfiling, progress } = model;
  if (error) return <ErrorNotice error={error} onRetry={() => void model.load()} />;
  if (!first) return <Notice>{trans.__('Reading the first rows…')}</Notice>;
  const { format } = first;
  const hasImages = format.format === 'images';
  return (
    <>
      <div className="jp-MLDataView-bar">
        <div className="jp-MLDataView-tabs" role="group" aria-label={trans.__('Show')}>
          <button aria-pressed={!showsColumns} onClick={() => setShowsColumns(false)}>
            {hasImages ? trans.__('Images') : trans.__('Rows')}
          </button>
          <button aria-pressed={showsColumns} onClick={() => setShowsColumns(true)}>
            {trans.__('Columns')}
          </button>
        </div>
        <span role="status">
          {progress === null
            ? countText(model, trans)
            : trans.__('Searching for rows: %1 %', Math.floor(100 * progress))}
        </span>
        {format.files > 1 && <span>{trans._n('%1 file', '%1 files', format.files)}</span>}
        <span>{trans._n('%1 column', '%1 columns', first.columns.length)}</span>
        <span>{[format.format.replace('_', ' '), format.compression, format.encoding].filter(Boolean).join(', ')}</span>
        <span className="jp-MLDataView-basis">
          {profile ? basisText(profile, trans) : isProfiling ? trans.__('Profiling…') : ''}
        </span>
        {isProfiling && profile && (
          <button onClick={() => model.cancelProfile()}>{trans.__('Cancel Profiling')}</button>
        )}
        {!isProfiling && !model.isProfiled && first.columns.length > 0 && (
          <button onClick={() => void model.computeProfile(true)}>{trans.__('Profile All Rows')}</button>
        )}
      </div>
      {[...format.notes, ...(profileError ? [profileError.message] : [])].map(note => (
        <p key={note} className="jp-MLDataView-note">
          {note}
        </p>
      ))}
      <Conditions model={model} />
      {showsColumns ? (
        <ColumnsTable model={model} />
      ) : hasImages ? (
        <Images model={model} />
      ) : (
        <RowsTable key={JSON.stringify(model.conditions)} model={model} />
      )}
    </>
  );
}

function countText(model: DataModel, trans: ReturnType<typeof useTrans>): string {
  const { first, count, isExact } = model;
  const number = count.toLocaleString();
  if (model.conditions.length && !isExact) return trans.__('More than %1 rows match', (count - PAGE).toLocaleString());
  if (first && first.last !== null) return trans.__('The first %1 rows of a compressed file', number);
  return isExact
    ? trans._n('%1 row', '%1 rows', count).replace(String(count), number)
    : trans.__('About %1 rows', number);
}
