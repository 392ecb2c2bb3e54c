// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { LoggedModel, ModelColumn } from '../../../api';
import { CopyText, formatBytes, formatMoment, Notice, visible } from '../../../components';
import { useTrans } from '../../../hooks';
import { JobCommands } from '../../commands';
import { useTools } from '../context';
import { PropertyList } from './PropertyList';

const MAX_COLUMNS = 30;

/** A logged model: flavors, signature and size. */
export function ModelCard({ model }: { model: LoggedModel }): JSX.Element {
  const trans = useTrans();
  const { commands } = useTools();
  const flavors = Object.entries(model.flavors).filter(([flavor]) => flavor !== 'python_function');
  const shown = flavors.length ? flavors : Object.entries(model.flavors);
  const { signature } = model;
  return (
    <article className="jp-MLModelCard" aria-label={trans.__('Model %1', visible(model.name))}>
      <PropertyList
        title={trans.__('Model')}
        properties={[
          [trans.__('Name'), visible(model.name)],
          [trans.__('Flavor'), shown.map(([flavor, version]) => visible(`${flavor} ${version}`.trim())).join(', ')],
          [trans.__('Type'), model.model_type && visible(model.model_type)],
          [trans.__('Size'), model.size_bytes === null ? null : formatBytes(model.size_bytes)],
          [trans.__('Status'), model.status === 'READY' ? null : model.status],
          [trans.__('Logged'), model.created_at && formatMoment(model.created_at)],
          [trans.__('Inputs'), signature && <Columns columns={signature.inputs} />],
          [trans.__('Outputs'), signature && <Columns columns={signature.outputs} />],
          [trans.__('Parameters'), signature && signature.params.length > 0 && <Columns columns={signature.params} />],
          [trans.__('URI'), <CopyText text={model.uri} />]
        ]}
      />
      {commands.hasCommand(JobCommands.registerModel) && (
        <button
          className="jp-MLNotice-action"
          onClick={() => void commands.execute(JobCommands.registerModel, { path: model.uri, name: model.name })}
        >
          {trans.__('Register Model…')}
        </button>
      )}
      {model.problem && <Notice error>{visible(model.problem)}</Notice>}
    </article>
  );
}

/** The columns of a part of a signature. */
export function Columns({ columns }: { columns: readonly ModelColumn[] }): JSX.Element {
  const trans = useTrans();
  const more = columns.length - MAX_COLUMNS;
  return (
    <ul className="jp-MLModelCard-columns">
      {columns.slice(0, MAX_COLUMNS).map(({ name, type, required }, index) => (
        <li key={index}>
          {name !== null && `${visible(name)}: `}
          <code>{visible(type)}</code>
          {!required && ` ${trans.__('(optional)')}`}
        </li>
      ))}
      {more > 0 && <li>{trans._n('and %2 more', 'and %2 more', more, more)}</li>}
    </ul>
  );
}
