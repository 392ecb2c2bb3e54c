// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX } from 'react';

import { ErrorNotice, Notice } from '../components';
import { useTrans, useVersion } from '../hooks';
import { ColumnsTable } from './ColumnsTable';
import type { DataModel } from './model';
import { RowsTable } from './RowsTable';
import { basisText } from './texts';

/** A data file: its rows, or its columns, below a line with what is known of it. */
export function DataView({ model }: { model: DataModel }): JSX.Element {
  const trans = useTrans();
  const [showsColumns, setShowsColumns] = useState(false);
  useVersion(model.changed);
  const { first, profile, error, profileError, isProfiling } = model;
  if (error) return <ErrorNotice error={error} onRetry={() => void model.load()} />;
  if (!first) return <Notice>{trans.__('Reading the first rows…')}</Notice>;
  const { format } = first;
  return (
    <>
      <div className="jp-MLDataView-bar">
        <div className="jp-MLDataView-tabs" role="group" aria-label={trans.__('Show')}>
          <button aria-pressed={!showsColumns} onClick={() => setShowsColumns(false)}>
            {trans.__('Rows')}
          </button>
          <button aria-pressed={showsColumns} onClick={() => setShowsColumns(true)}>
            {trans.__('Columns')}
          </button>
        </div>
        <span role="status">{countText(model, trans)}</span>
        <span>{trans._n('%1 column', '%1 columns', first.columns.length)}</span>
        <span>{[format.format.replace('_', ' '), format.compression, format.encoding].filter(Boolean).join(', ')}</span>
        <span className="jp-MLDataView-basis">
          {profile ? basisText(profile, trans) : isProfiling ? trans.__('Profiling…') : ''}
        </span>
        {isProfiling && profile && (
          <button onClick={() => model.cancelProfile()}>{trans.__('Cancel Profiling')}</button>
        )}
        {!isProfiling && !model.isProfiled && (
          <button onClick={() => void model.computeProfile(true)}>{trans.__('Profile All Rows')}</button>
        )}
      </div>
      {[...format.notes, ...(profileError ? [profileError.message] : [])].map(note => (
        <p key={note} className="jp-MLDataView-note">
          {note}
        </p>
      ))}
      {showsColumns ? <ColumnsTable model={model} /> : <RowsTable model={model} />}
    </>
  );
}

function countText(model: DataModel, trans: ReturnType<typeof useTrans>): string {
  const { first, count, isExact } = model;
  const number = count.toLocaleString();
  if (first && first.last !== null) return trans.__('The first %1 rows of a compressed file', number);
  return isExact
    ? trans._n('%1 row', '%1 rows', count).replace(String(count), number)
    : trans.__('About %1 rows', number);
}
