// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { Job } from '../../api';
import {
  Age,
  formatEstimate,
  formatMoment,
  formatValue,
  Mark,
  primaryMetric,
  shapeOf,
  StateIcon,
  stateText,
  visible
} from '../../components';
import { useTrans } from '../../hooks';

/** State, name, the one fact that matters now, age; and a sign where there is more to read. */
export function JobRow({ job }: { job: Job }): JSX.Element {
  const trans = useTrans();
  const { words, value } = factOf(job, trans);
  const { warnings, request } = job;
  const why = visible(request?.error ?? job.cause?.message ?? `${words} ${value}`, true);
  return (
    <>
      <StateIcon state={job.state} />
      {job.parent !== null && (
        <span className="jp-MLRow-child" role="img" aria-label={trans.__('Child of %1', visible(job.parent))}>
          ↳
        </span>
      )}
      <span className="jp-MLRow-name" title={title(job, trans)}>
        {visible(job.display_name)}
      </span>
      {warnings.length > 0 && (
        <Mark
          label={trans._n('%1 warning', '%1 warnings', warnings.length)}
          detail={visible(warnings.map(({ message }) => message).join('\n'), true)}
        />
      )}
      <span className={`jp-MLRow-fact jp-mod-${request?.error ? 'failed' : shapeOf(job.state)}`} title={why}>
        <span className="jp-MLRow-words">{visible(words)}</span>
        {value && <span className="jp-MLRow-value">{value}</span>}
      </span>
      <Age time={job.ended_at ?? job.started_at ?? job.created_at} />
    </>
  );
}

function title({ display_name, parent }: Job, trans: TranslationBundle): string {
  return [visible(display_name), parent !== null && trans.__('Child of %1', visible(parent))]
    .filter(Boolean)
    .join('\n');
}

/** How long it will take, where it comes from and what was put in; for the selected row. */
export function JobDetail({ job }: { job: Job }): JSX.Element {
  const trans = useTrans();
  const { left_s: left } = job.progress;
  const words = [
    left !== null && trans.__('about %1 left', formatEstimate(left)),
    sourceOf(job),
    job.experiment_name,
    ...Object.entries(job.parameters).map(([key, value]) => `${key} ${show(value)}`)
  ];
  const text = visible(words.filter(Boolean).join(' · '));
  return (
    <span className="jp-MLRow-words" title={`${text}\n${formatMoment(job.created_at)}`}>
      {text}
    </span>
  );
}

/** What matters of a job now: a few words, which may be cut off, and a value, which may not. */
export function factOf(job: Job, trans: TranslationBundle): { words: string; value: string } {
  const { cells_done, cells_total } = job.progress;
  if (job.request?.kind === 'delete') {
    return { words: job.request.error === null ? trans.__('deleting') : trans.__('delete failed'), value: '' };
  }
  if (job.request?.error) return { words: trans.__('cancel failed'), value: '' };
  if (job.state === 'Running' && cells_total) {
    return { words: trans.__('cell'), value: `${Math.min(cells_total, cells_done + 1)}/${cells_total}` };
  }
  if (job.state === 'Completed') {
    const metric = primaryMetric(job);
    if (metric) return { words: metric[0], value: formatValue(metric[1], 3) };
  }
  const cause = job.state === 'Failed' ? (job.cause?.exception ?? job.cause?.message) : undefined;
  return { words: cause ?? stateText(job.state, trans).toLowerCase(), value: '' };
}

function sourceOf(job: Job): string {
  const spec = job.spec;
  if (!spec) return 'MLflow';
  return spec.type === 'notebook' ? (spec.notebook.split('/').at(-1) ?? spec.notebook) : spec.command;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? formatValue(value) : JSON.stringify(value);
}
