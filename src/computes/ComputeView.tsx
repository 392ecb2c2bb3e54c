// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef } from 'react';
import type { JSX } from 'react';

import type { ComputeInfo as Compute } from '../api';
import { Age, ErrorNotice, formatBytes, Notice, visible, withErrorDialog } from '../components';
import { useTrans, useVersion } from '../hooks';
import { PropertyList } from '../jobs/panel/overview/PropertyList';
import type { ComputeModel } from './model';
import { stateText } from './texts';

/** What can be requested of a compute. */
export type Action = 'start' | 'stop' | 'restart';

/** Types of existing machines, which are never stopped. */
const ATTACHED = ['ssh', 'jupyterserver'];

/** Properties of ComputeView. */
export interface IComputeViewProps {
  model: ComputeModel;
  onRequest: (action: Action) => Promise<void>;
  /** Delete it, after confirmation. */
  onDelete: () => void;
}

/** A compute: its state, usage and settings, and what can be done with it. */
export function ComputeView({ model, ...actions }: IComputeViewProps): JSX.Element {
  const trans = useTrans();
  const node = useRef<HTMLDivElement>(null);
  useVersion(model.changed);
  const { compute, error } = model;
  const isRunning = compute?.state === 'Running';
  useEffect(() => {
    if (isRunning) void model.poll(() => node.current?.checkVisibility?.() ?? true);
  }, [model, isRunning]);
  if (model.isDeleted) return <Notice>{trans.__('%1 was deleted.', visible(model.name))}</Notice>;
  if (!compute) {
    return error ? <ErrorNotice error={error} onRetry={() => void model.load()} /> : <Notice>{''}</Notice>;
  }
  return (
    <>
      <div className="jp-MLAsset-head" ref={node}>
        <h2>{visible(model.name)}</h2>
        <span role="status">{stateText(compute.state, trans)}</span>
        <Age time={compute.changed_at ?? compute.created_at} />
        <Actions compute={compute} {...actions} />
      </div>
      {error && <ErrorNotice error={error} onRetry={() => void model.load()} />}
      {compute.message && <Notice>{visible(compute.message, true)}</Notice>}
      <div className="jp-MLAsset-scroll" tabIndex={0}>
        <Usage model={model} />
        <Properties compute={compute} />
        <Log model={model} />
      </div>
    </>
  );
}

function Actions({
  compute,
  onRequest,
  onDelete
}: Omit<IComputeViewProps, 'model'> & { compute: Compute }): JSX.Element {
  const trans = useTrans();
  const labels = { start: trans.__('Start'), stop: trans.__('Stop'), restart: trans.__('Restart') };
  const { state, type } = compute;
  if (type === 'local') return <></>;
  const whileRunning: Action[] = ATTACHED.includes(type) ? [] : ['stop', 'restart'];
  const possible: Action[] =
    state === 'Running' ? whileRunning : state === 'Stopped' || state === 'Failed' ? ['start'] : [];
  return (
    <span className="jp-MLAsset-actions">
      {possible.map(action => (
        <button
          key={action}
          className="jp-MLNotice-action"
          onClick={() => void withErrorDialog(labels[action], trans, () => onRequest(action))}
        >
          {labels[action]}
        </button>
      ))}
      <button className="jp-MLNotice-action" onClick={onDelete}>
        {trans.__('Delete…')}
      </button>
    </span>
  );
}

function Usage({ model: { usage } }: { model: ComputeModel }): JSX.Element | null {
  const trans = useTrans();
  if (!usage) return null;
  const { cpu_percent, cpu_count, memory_bytes, memory_total_bytes } = usage;
  return (
    <PropertyList
      title={trans.__('Usage')}
      properties={[
        [trans.__('Processors'), trans.__('%1% of %2', Math.round(cpu_percent), cpu_count)],
        [trans.__('Memory'), trans.__('%1 of %2', formatBytes(memory_bytes), formatBytes(memory_total_bytes))]
      ]}
    />
  );
}

function Properties({ compute }: { compute: Compute }): JSX.Element {
  const trans = useTrans();
  const { type, slots, price_per_hour, description, settings } = compute;
  return (
    <>
      <PropertyList
        title={trans.__('Compute')}
        properties={[
          [trans.__('Type'), visible(type)],
          [trans.__('Slots'), slots ?? trans.__('as many as the workspace allows')],
          [trans.__('Price per hour'), price_per_hour],
          [trans.__('Description'), description && visible(description, true)]
        ]}
      />
      <PropertyList
        title={trans.__('Settings')}
        properties={Object.entries(settings)
          .filter(([, value]) => value !== null && !(Array.isArray(value) && !value.length))
          .map(([key, value]) => [key, visible(typeof value === 'string' ? value : JSON.stringify(value))])}
      />
    </>
  );
}

function Log({ model }: { model: ComputeModel }): JSX.Element | null {
  const trans = useTrans();
  if (model.compute?.type === 'local') return null;
  return (
    <section className="jp-MLProperties">
      <h3 className="jp-MLProperties-title">{trans.__('Log')}</h3>
      <button className="jp-MLNotice-action" onClick={() => void model.loadLog()}>
        {model.log ? trans.__('Refresh') : trans.__('Show Log')}
      </button>
      {model.log && (
        <pre tabIndex={0} aria-label={trans.__('Log')}>
          {visible(model.log.join('\n'), true) || trans.__('The log is empty.')}
        </pre>
      )}
    </section>
  );
}
