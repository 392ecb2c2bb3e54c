// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { KindInfo } from '../api';
import { Age, formatValue, visible } from '../components';
import type { IDeclaredResource } from '../resources';

/** Properties of KindRow and KindDetail. */
export interface IKindRowProps {
  kind: KindInfo;
  resource: IDeclaredResource;
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** The columns that a row does not show in another way. */
const others = ({ columns }: KindInfo): KindInfo['columns'] =>
  columns.filter(({ field }) => !['name', 'description', 'created_at'].includes(field));

/** The name of a resource, the value of the first column of its kind, and its age. */
export function KindRow({ kind, resource }: IKindRowProps): JSX.Element {
  const { name, description, created_at } = resource;
  const [column] = others(kind);
  return (
    <>
      <span className="jp-MLRow-name" title={visible(description ?? name, true)}>
        {visible(name)}
      </span>
      <span className="jp-MLRow-status">{column && <Value title={column.title} value={resource[column.field]} />}</span>
      <Age time={created_at} />
    </>
  );
}

/** What the row does not show: the values of the other columns, and the description; for the selected row. */
export function KindDetail({ kind, resource }: IKindRowProps): JSX.Element {
  const filled = others(kind).filter(({ field }) => !isEmpty(resource[field]));
  const more = filled.slice(1);
  const shown = more.length || resource.description ? more : filled;
  return (
    <>
      {shown.map(({ title, field }, index) => (
        <span key={field}>
          {index > 0 && ' · '}
          <Value title={title} value={resource[field]} />
        </span>
      ))}
      {resource.description && `${shown.length ? ' · ' : ''}${visible(resource.description)}`}
    </>
  );
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length);

/** A value with the title of its column, unless it is a text that explains itself. */
function Value({ title, value }: { title: string; value: unknown }): JSX.Element | null {
  if (isEmpty(value)) return null;
  if (typeof value === 'string' && !TIME.test(value)) {
    return (
      <span className="jp-MLRow-text" title={`${title}: ${visible(value)}`}>
        {visible(value)}
      </span>
    );
  }
  return (
    <span className="jp-MLRow-text">
      {title} {format(value)}
    </span>
  );
}

function format(value: unknown): JSX.Element | string {
  if (typeof value === 'string') return <Age time={value} />;
  if (Array.isArray(value)) return visible(value.map(String).join(', '));
  return typeof value === 'number' ? formatValue(value) : visible(JSON.stringify(value));
}
