// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { URLExt } from '@jupyterlab/coreutils';
import {
  copyIcon,
  ellipsesIcon,
  LabIcon,
  launchIcon,
  notebookIcon,
  refreshIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { useRef } from 'react';
import type { JSX } from 'react';

import type { Job } from '../../api';
import {
  EditableText,
  formatDuration,
  formatEstimate,
  formatMoment,
  formatShare,
  visible,
  withErrorDialog
} from '../../components';
import { useNow, useTrans, useVersion } from '../../hooks';
import { LineageCommands } from '../../lineage/commands';
import { openMenu } from '../../resources';
import { WorkspaceCommands } from '../../workspace';
import { JobCommands } from '../commands';
import { unsavedOf } from '../editing';
import { MAX_NAME } from '../naming';
import { placeOf } from '../place';
import { placeText } from '../placeText';
import { elapsed, isActive, isFinal, shareOf, stateText, timeLeft } from '../state';
import { StateIcon } from '../StateIcon';
import type { JobModel } from './model';
import { useTools } from './context';
import { queueText, useQueuePosition } from './queue';
import { scriptOf } from './script';

/** Name, state, progress, times, source and actions. */
export function Header({ model, job }: { model: JobModel; job: Job }): JSX.Element {
  const trans = useTrans();
  useVersion(model.notebook.changed);
  useVersion(model.jobs.unsaved.changed);
  return (
    <div className="jp-MLJobHeader" role="group" aria-label={trans.__('State and actions')}>
      <h2 className="jp-MLJobHeader-name">
        <Star model={model} job={job} />
        <EditableText
          value={visible(job.display_name)}
          revision={job.revision}
          label={trans.__('Name')}
          maxLength={MAX_NAME}
          {...unsavedOf(model.jobs, job, 'display_name')}
          onSave={(text, revision) => model.update({ display_name: text }, revision)}
        />
      </h2>
      <span className={`jp-MLJobHeader-state jp-mod-${job.state.toLowerCase()}`}>
        <StateIcon state={job.state} />
        {stateText(job.state, trans)}
      </span>
      {job.state === 'Queued' && <Wait model={model} job={job} />}
      <Progress job={job} />
      <Origin job={job} kernel={model.notebook.kernel} />
      <Services job={job} baseUrl={model.jobs.api.settings.baseUrl} />
      <Actions job={job} />
    </div>
  );
}

function Star({ model, job }: { model: JobModel; job: Job }): JSX.Element {
  const trans = useTrans();
  const text = job.starred ? trans.__('Remove the star') : trans.__('Star this job');
  return (
    <button
      className="jp-MLStar"
      aria-pressed={job.starred}
      aria-label={trans.__('Star')}
      title={text}
      onClick={() => void withErrorDialog(text, trans, () => model.update({ starred: !job.starred }))}
    >
      {job.starred ? '★' : '☆'}
    </button>
  );
}

/** The place in the queue, what the job waits for, and the expected start. */
function Wait({ model, job }: { model: JobModel; job: Job }): JSX.Element | null {
  const trans = useTrans();
  const queue = useQueuePosition(model.jobs, job);
  const now = useNow(queue?.starts_at ? 1_000 : null);
  if (!queue || queue.position === null) return null;
  return <span className="jp-MLJobHeader-progress">{queueText(queue, job.compute, now, trans)}</span>;
}

function Progress({ job }: { job: Job }): JSX.Element {
  const trans = useTrans();
  const now = useNow(isActive(job.state) ? 1_000 : null);
  const { cells_done: done, cells_total: total, bar } = job.progress;
  const share = shareOf(job);
  const left = timeLeft(job, now);
  const seconds = elapsed(job, now);
  const parts = [
    total > 0 && isActive(job.state) && placeText(placeOf(job.progress), trans),
    share !== null && [visible(bar?.label ?? ''), formatShare(share)].filter(Boolean).join(' '),
    total > 0 && isFinal(job.state) && done < total && trans.__('%1 of %2 cells', done, total),
    seconds !== null && formatDuration(seconds),
    left !== null && trans.__('about %1 left', formatEstimate(left)),
    job.attempt > 1 && trans.__('attempt %1', job.attempt)
  ].filter(Boolean);
  return (
    <span className="jp-MLJobHeader-progress" title={formatMoment(job.started_at ?? job.created_at)}>
      {parts.join(' · ')}
    </span>
  );
}

function Origin({ job, kernel }: { job: Job; kernel: string | null }): JSX.Element {
  const trans = useTrans();
  const { openSource } = useTools();
  const { spec, compute } = job;
  const path = spec?.type === 'notebook' ? spec.notebook : scriptOf(spec);
  const named = spec?.type === 'notebook' ? (spec.kernel_name ?? kernel) : null;
  return (
    <span className="jp-MLJobHeader-origin">
      {[compute, named].filter(Boolean).join(' · ')}
      {path && (
        <button
          className="jp-MLJobHeader-source"
          title={trans.__('Open %1', path)}
          disabled={!openSource}
          onClick={() => openSource?.(path, job.name)}
        >
          <span className="jp-MLJobHeader-file">{path.split('/').at(-1)}</span>
          <LabIcon.resolveReact icon={launchIcon} width="12px" height="12px" />
        </button>
      )}
    </span>
  );
}

/** Links that open the web applications beside a running job. */
function Services({ job, baseUrl }: { job: Job; baseUrl: string }): JSX.Element | null {
  const trans = useTrans();
  if (job.state !== 'Running') return null;
  const path = (name: string): string => ['jupyter-ml/services', job.name, name].join('/');
  const titles = { jupyter_lab: 'JupyterLab', tensor_board: 'TensorBoard', custom: null };
  return (
    <>
      {Object.entries(job.spec?.services ?? {}).map(([name, { type }]) => (
        <a
          key={name}
          className="jp-MLJobHeader-source"
          href={`${URLExt.join(baseUrl, path(name))}/`}
          target="_blank"
          rel="noopener noreferrer"
          title={trans.__('Open the service %1 of this job in a new tab', name)}
        >
          <span className="jp-MLJobHeader-file">{trans.__('Open %1', titles[type] ?? name)}</span>
          <LabIcon.resolveReact icon={launchIcon} width="12px" height="12px" />
        </a>
      ))}
    </>
  );
}

const MENU = [
  JobCommands.rerunSnapshot,
  WorkspaceCommands.copyLink,
  JobCommands.copyReference,
  JobCommands.saveCopy,
  LineageCommands.show,
  null,
  JobCommands.archive,
  JobCommands.restore,
  JobCommands.delete,
  JobCommands.withdraw
];

function Actions({ job }: { job: Job }): JSX.Element {
  const trans = useTrans();
  const { commands } = useTools();
  const last = useRef<HTMLButtonElement>(null);
  const args = { name: job.name };
  const button = (id: string, icon: LabIcon, label: string, wanted: boolean): JSX.Element | false =>
    wanted &&
    commands.hasCommand(id) && (
      <button
        className="jp-MLJobHeader-action"
        title={label}
        aria-label={label}
        onClick={({ detail }) => {
          void commands.execute(id, args);
          // the button disappears when the job ends, so move the focus to its neighbour
          if (!detail && id === JobCommands.cancel) last.current?.focus();
        }}
      >
        <LabIcon.resolveReact icon={icon} tag="span" />
      </button>
    );
  const more = trans.__('More actions');
  return (
    <span className="jp-MLJobHeader-actions">
      {button(
        JobCommands.openExecutedNotebook,
        notebookIcon,
        trans.__('Open executed notebook'),
        job.spec?.type === 'notebook' && job.attempt > 0
      )}
      {button(JobCommands.cancel, stopIcon, trans.__('Cancel'), !isFinal(job.state) && job.runner === 'supervisor')}
      {button(
        JobCommands.rerun,
        refreshIcon,
        trans.__('Run again'),
        isFinal(job.state) && job.spec !== null && job.runner === 'supervisor'
      )}
      {button(JobCommands.clone, copyIcon, trans.__('Clone and edit'), job.spec !== null)}
      <button
        ref={last}
        className="jp-MLJobHeader-action"
        title={more}
        aria-label={more}
        aria-haspopup="menu"
        onClick={event => openMenu(event.currentTarget, commands, MENU, { ...args, link: `job/${job.name}` })}
      >
        <LabIcon.resolveReact icon={ellipsesIcon} tag="span" />
      </button>
    </span>
  );
}
