// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { Job } from '../api';
import {
  Age,
  formatEstimate,
  formatMoment,
  formatParameter,
  formatShare,
  formatValue,
  lazily,
  visible,
  WarningIcon
} from '../components';
import { useNow, useTrans } from '../hooks';
import type { ICommands } from '../resources';
import { parametersOf } from './logged';
import { distinction, isNamed, sourceOf, titleOf } from './naming';
import { hasOtherPrompt, placeOf } from './place';
import { primaryMetric, shapeOf, shareOf, stateText, timeLeft } from './state';
import type { JobRows } from './rows';
import { StateIcon } from './StateIcon';

const RowAction = lazily(async () => (await import('./RowAction')).RowAction);

/** Parameters that are shown besides the title of a job. */
const MOST_DIFFERENT = 3;

/** State, title, what differs from the jobs around it, status and age, with an icon if there are warnings. */
export function JobRow(props: { job: Job; around: readonly Job[]; rows: JobRows; commands: ICommands }): JSX.Element {
  const { job, around, rows, commands } = props;
  const trans = useTrans();
  const { text, value } = statusOf(job, rows, trans);
  const { warnings, request } = job;
  const why = visible(request?.error ?? job.cause?.message ?? `${text} ${value}`, true);
  const different = distinction(job, around);
  return (
    <>
      <StateIcon state={job.state} />
      {job.parent !== null && (
        <span className="jp-MLRow-child" role="img" aria-label={trans.__('Child of %1', visible(job.parent))}>
          ↳
        </span>
      )}
      {job.starred && (
        <span className="jp-MLRow-star" role="img" aria-label={trans.__('Starred')}>
          ★
        </span>
      )}
      <span className="jp-MLRow-name" title={tooltip(job, trans)} data-ml-field="display_name">
        <span className="jp-MLRow-title">{visible(titleOf(job))}</span>
        {different.length > 0 && <Different values={different.slice(0, MOST_DIFFERENT)} />}
        {!isNamed(job) && different.length === 0 && (
          <span className="jp-MLRow-different"> {visible(job.display_name)}</span>
        )}
      </span>
      {warnings.length > 0 && (
        <WarningIcon
          label={trans._n('%1 warning', '%1 warnings', warnings.length)}
          detail={visible(warnings.map(({ message }) => message).join('\n'), true)}
        />
      )}
      <span className={`jp-MLRow-status jp-mod-${request?.error ? 'failed' : shapeOf(job.state)}`} title={why}>
        <span className="jp-MLRow-text">{visible(text)}</span>
        {value && <span className="jp-MLRow-value">{value}</span>}
      </span>
      <RowAction job={job} commands={commands} />
      <Age time={job.ended_at ?? job.started_at ?? job.created_at} />
    </>
  );
}

/** Parameters and their values, in which a job differs: as many as there is space for. */
function Different({ values }: { values: readonly [string, unknown][] }): JSX.Element {
  return (
    <span className="jp-MLRow-different jp-mod-values">
      {values.map(([key, value], index) => (
        <span key={key} className="jp-MLRow-pair">
          <span className="jp-MLRow-key">{`${index ? ' · ' : ' '}${visible(key)} `}</span>
          <span className="jp-MLRow-differing">{visible(formatParameter(value))}</span>
        </span>
      ))}
    </span>
  );
}

function tooltip(job: Job, trans: TranslationBundle): string {
  const lines = [
    titleOf(job),
    !isNamed(job) && job.display_name,
    job.spec && isNamed(job) && sourceOf(job),
    job.parent !== null && trans.__('Child of %1', job.parent),
    parameters(Object.entries(parametersOf(job)), '\n')
  ];
  return visible(lines.filter(Boolean).join('\n'), true);
}

/** The most parameters in a row and its tooltip: libraries log dozens. */
const SHOWN = 20;

const parameters = (values: readonly [string, unknown][], separator: string): string =>
  [
    ...values.slice(0, SHOWN).map(([key, value]) => `${key} ${formatParameter(value)}`),
    ...(values.length > SHOWN ? ['…'] : [])
  ].join(separator);

/** Time left, name, source and parameters; for the selected row. */
export function JobDetail({ job }: { job: Job }): JSX.Element {
  const trans = useTrans();
  const left = timeLeft(job, useNow(job.eta_at === null ? null : 1_000));
  const parts = [
    left !== null && trans.__('about %1 left', formatEstimate(left)),
    !isNamed(job) && job.display_name,
    sourceOf(job),
    job.experiment_name,
    parameters(Object.entries(parametersOf(job)), ' · ')
  ];
  const text = visible(parts.filter(Boolean).join(' · '));
  return (
    <span className="jp-MLRow-text" title={`${text}\n${formatMoment(job.created_at)}`}>
      {text}
    </span>
  );
}

/** Return the most relevant status of a job: a text, which may be truncated, and a value, which must not be. */
export function statusOf(job: Job, rows: JobRows, trans: TranslationBundle): { text: string; value: string } {
  const { bar } = job.progress;
  const share = shareOf(job);
  if (job.request?.kind === 'delete') {
    return { text: job.request.error === null ? trans.__('deleting') : trans.__('delete failed'), value: '' };
  }
  if (job.request?.error) return { text: trans.__('cancel failed'), value: '' };
  if (share !== null) return { text: bar?.label || trans.__('cell'), value: formatShare(share) };
  const place = placeOf(job.progress);
  if (job.state === 'Running' && place.total) {
    const text = hasOtherPrompt(place) ? trans.__('cell [%1]', place.prompt) : trans.__('cell');
    return { text, value: `${place.position}/${place.total}` };
  }
  if (job.state === 'Queued') {
    const queued = rows.place(job);
    const start = queued === null ? null : rows.startsAt(queued);
    if (queued !== null && start) {
      return { text: trans.__('#%1 in', queued), value: `~${formatEstimate(secondsUntil(start))}` };
    }
    if (queued !== null) return { text: trans.__('queued'), value: trans.__('#%1', queued) };
  }
  if (job.state === 'Completed') {
    const metric = primaryMetric(job);
    if (metric) return { text: metric[0], value: formatValue(metric[1], 3) };
  }
  const cause = job.state === 'Failed' ? (job.cause?.exception ?? job.cause?.message) : undefined;
  return { text: cause ?? stateText(job.state, trans).toLowerCase(), value: '' };
}

const secondsUntil = (time: string): number => Math.max(0, Date.parse(time) - Date.now()) / 1000;
