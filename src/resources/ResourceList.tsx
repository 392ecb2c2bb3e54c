// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useState } from 'react';
import type { JSX, ReactNode } from 'react';

import { ErrorNotice, Notice, visible } from '../components';
import { useSignalValue, useVersion } from '../hooks';
import { RowList } from './RowList';
import type { IRowListProps } from './RowList';
import { Selection } from './selection';
import type { IListQuery, IResource, IRowWindow, ISelection } from './tokens';

/** How a kind of resource is listed. */
export interface IResourceListProps<T extends IResource, Q extends IListQuery = IListQuery> extends Pick<
  IRowListProps<T>,
  'kind' | 'onOpen' | 'onDelete' | 'renderRow' | 'renderDetail' | 'textOf'
> {
  rows: IRowWindow<T, Q>;
  /** The title of the list. */
  title: string;
  /** By default the list has a selection of its own. */
  selection?: ISelection;
  /** Shown above the rows. */
  above?: ReactNode;
  /** The message if no rows match the filter. */
  noMatch: string;
  /** What the resource is for, if there are no rows, and an action that creates one. */
  empty: { text: string; action?: string; onAction?: () => void; more?: ReactNode };
}

/** A list of resources, or why it is empty. */
export function ResourceList<T extends IResource, Q extends IListQuery>(props: IResourceListProps<T, Q>): JSX.Element {
  const { rows, title, noMatch, empty, above, selection: shared, ...list } = props;
  useVersion(rows.changed);
  const [own] = useState(() => new Selection());
  const selection = shared ?? own;
  const selected = useSignalValue(selection.changed, () => selection.names);
  const isFiltered = Object.keys(rows.query).length > 0;
  return (
    <>
      {rows.error?.field === 'filter' && <Notice>{visible(rows.error.message)}</Notice>}
      {rows.error && rows.error.field !== 'filter' && <ErrorNotice error={rows.error} onRetry={() => rows.refresh()} />}
      {rows.total === 0 && !rows.error && (
        <Notice action={isFiltered ? undefined : empty.action} onAction={empty.onAction}>
          {isFiltered ? noMatch : empty.text}
        </Notice>
      )}
      {rows.total === 0 && !rows.error && !isFiltered && empty.more}
      {above}
      <RowList {...list} window={rows} label={title} selected={selected} onSelect={names => selection.set(names)} />
    </>
  );
}
