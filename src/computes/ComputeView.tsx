// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { useEffect, useRef } from 'react';
import type { JSX } from 'react';

import type { ComputeInfo as Compute, ComputeQueue, ComputeType, ComputeUsage, GpuUsage } from '../api';
import { Age, ErrorNotice, formatBytes, Notice, visible, withErrorDialog } from '../components';
import type { ISchema } from '../forms/document';
import { useTrans, useVersion } from '../hooks';
import { PropertyList } from '../jobs/panel/overview/PropertyList';
import { ComputeJobs } from './ComputeJobs';
import { ComputeKernels } from './ComputeKernels';
import type { IKernels } from './ComputeKernels';
import { ComputeNodesTable } from './ComputeNodesTable';
import type { ComputeModel } from './model';
import { settingText } from './settings';
import { LOCAL, stateText } from './texts';
import { UsageCharts } from './UsageCharts';

/** What can be requested of a compute. */
export type Action = 'start' | 'stop' | 'restart';

/** Properties of ComputeView. */
export interface IComputeViewProps {
  model: ComputeModel;
  onRequest: (action: Action) => Promise<void>;
  /** Show the form of its settings. */
  onEdit: (compute: Compute) => void;
  /** Delete it, after confirmation. */
  onDelete: () => void;
  /** Open a job. */
  onOpenJob: (name: string) => void;
  /** The kernels of the server. */
  kernels: IKernels;
}

/** A compute: its state, usage and settings, and what can be done with it. */
export function ComputeView({ model, kernels, onOpenJob, ...actions }: IComputeViewProps): JSX.Element {
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
        {model.type !== undefined && <Actions compute={compute} type={model.type} {...actions} />}
      </div>
      {error && <ErrorNotice error={error} onRetry={() => void model.load()} />}
      {compute.message && <Notice error={compute.state === 'Failed'}>{visible(compute.message, true)}</Notice>}
      <div className="jp-MLAsset-scroll" tabIndex={0}>
        <Usage model={model} />
        <ComputeJobs jobs={model.jobs} onOpen={onOpenJob} />
        <ComputeKernels kernels={kernels} compute={model.name} />
        {model.nodes && <ComputeNodesTable nodes={model.nodes} />}
        <UsageCharts model={model} />
        {model.type !== undefined && <Properties compute={compute} type={model.type} queue={model.queue} />}
        <Log model={model} />
      </div>
    </>
  );
}

function Actions({
  compute,
  type,
  onRequest,
  onEdit,
  onDelete
}: Pick<IComputeViewProps, 'onRequest' | 'onEdit' | 'onDelete'> & {
  compute: Compute;
  type: ComputeType | null;
}): JSX.Element {
  const trans = useTrans();
  const labels = { start: trans.__('Start'), stop: trans.__('Stop'), restart: trans.__('Restart') };
  const { state } = compute;
  const whileRunning: Action[] = type?.stops ? ['stop', 'restart'] : [];
  const otherwise: Action[] = type?.stops || type?.attached ? ['start'] : [];
  const possible = state === 'Running' ? whileRunning : state === 'Stopped' || state === 'Failed' ? otherwise : [];
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
      {type && (
        <button className="jp-MLNotice-action" onClick={() => onEdit(compute)}>
          {trans.__('Edit…')}
        </button>
      )}
      {compute.name !== LOCAL && (
        <button className="jp-MLNotice-action" onClick={onDelete}>
          {type?.attached ? trans.__('Detach…') : trans.__('Delete…')}
        </button>
      )}
    </span>
  );
}

function Usage({ model: { usage } }: { model: ComputeModel }): JSX.Element | null {
  const trans = useTrans();
  if (!usage) return null;
  const { cpu_percent, cpu_count, gpus = [] } = usage;
  const memory = ({ memory_bytes, memory_total_bytes }: ComputeUsage | GpuUsage): string =>
    trans.__('%1 of %2', formatBytes(memory_bytes), formatBytes(memory_total_bytes));
  return (
    <PropertyList
      title={trans.__('Usage')}
      properties={[
        [trans.__('Processors'), trans.__('%1% of %2', Math.round(cpu_percent), cpu_count)],
        [trans.__('Memory'), memory(usage)],
        ...gpus.map(gpu => {
          const busy = typeof gpu.percent === 'number' ? `${Math.round(gpu.percent)}%, ` : '';
          return [trans.__('GPU %1', gpu.id), `${busy}${memory(gpu)} (${visible(gpu.name)})`] as const;
        })
      ]}
    />
  );
}

function Properties(props: { compute: Compute; type: ComputeType | null; queue: ComputeQueue | null }): JSX.Element {
  const { compute, type, queue } = props;
  const trans = useTrans();
  const { slots, price_per_hour, description, settings } = compute;
  const { properties = {} } = (type?.schema ?? {}) as ISchema;
  const fields = properties.settings?.properties ?? properties;
  return (
    <>
      <PropertyList
        title={trans.__('Compute')}
        properties={[
          [trans.__('Type'), type?.title ?? visible(compute.type)],
          [trans.__('Jobs at the same time'), slots ?? trans.__('as many as the workspace allows')],
          [
            trans.__('Estimated starts'),
            queue !== null &&
              queue.estimates > 0 &&
              trans.__('%1 of the last %2 estimates were right', queue.right_estimates, queue.estimates)
          ],
          [trans.__('Price per hour'), price_per_hour],
          [trans.__('Description'), description && visible(description, true)]
        ]}
      />
      <PropertyList
        title={trans.__('Settings')}
        properties={Object.entries(settings as ReadonlyPartialJSONObject).map(([key, value]) => [
          fields[key]?.title ?? key,
          visible(settingText(value, fields[key] ?? {}, trans), true)
        ])}
      />
    </>
  );
}

function Log({ model }: { model: ComputeModel }): JSX.Element | null {
  const trans = useTrans();
  if (!model.type?.logs) return null;
  return (
    <section className="jp-MLProperties">
      <h3 className="jp-MLProperties-title">{trans.__('Log')}</h3>
      <button className="jp-MLNotice-action" onClick={() => void model.loadLog()}>
        {model.log ? trans.__('Refresh') : trans.__('Show Log')}
      </button>
      {model.log && (
        <pre className="jp-MLCompute-log" tabIndex={0} aria-label={trans.__('Log')}>
          {visible(model.log.join('\n'), true) || trans.__('The log is empty.')}
        </pre>
      )}
    </section>
  );
}
