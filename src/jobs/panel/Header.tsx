// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import {
  copyIcon,
  ellipsesIcon,
  LabIcon,
  launchIcon,
  MenuSvg,
  notebookIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { useRef } from 'react';
import type { JSX, MouseEvent } from 'react';

import type { Job } from '../../api';
import { formatDuration, formatEstimate, formatMoment } from '../../components';
import { useNow, useTrans, useVersion } from '../../hooks';
import { JobCommands } from '../commands';
import { elapsed, isActive, isFinal, stateText, timeLeft } from '../state';
import { StateIcon } from '../StateIcon';
import type { JobModel } from './model';
import { useTools } from './tools';

/** State, progress, times, source and actions. */
export function Header({ model, job }: { model: JobModel; job: Job }): JSX.Element {
  const trans = useTrans();
  useVersion(model.notebook.changed);
  return (
    <div className="jp-MLJobHeader" role="group" aria-label={trans.__('State and actions')}>
      <span className={`jp-MLJobHeader-state jp-mod-${job.state.toLowerCase()}`}>
        <StateIcon state={job.state} />
        {stateText(job.state, trans)}
      </span>
      <Progress job={job} />
      <Origin job={job} kernel={model.notebook.kernel} />
      <Actions job={job} />
    </div>
  );
}

function Progress({ job }: { job: Job }): JSX.Element {
  const trans = useTrans();
  const now = useNow(isActive(job.state) ? 1_000 : null);
  const { cells_done: done, cells_total: total } = job.progress;
  const left = timeLeft(job, now);
  const seconds = elapsed(job, now);
  const parts = [
    total > 0 && isActive(job.state) && trans.__('cell %1 of %2', Math.min(total, done + 1), total),
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
  const path = spec?.type === 'notebook' ? spec.notebook : null;
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

const MENU = [
  JobCommands.copyReference,
  JobCommands.saveCopy,
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
  const openMenu = (event: MouseEvent<HTMLElement>): void => {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    const menu = new MenuSvg({ commands });
    for (const command of MENU) {
      if (command === null) menu.addItem({ type: 'separator' });
      else if (commands.hasCommand(command)) menu.addItem({ command, args });
    }
    menu.aboutToClose.connect(() => window.setTimeout(() => menu.dispose()));
    menu.open(left, bottom);
  };
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
      {button(JobCommands.clone, copyIcon, trans.__('Clone and edit'), job.spec !== null)}
      <button
        ref={last}
        className="jp-MLJobHeader-action"
        title={more}
        aria-label={more}
        aria-haspopup="menu"
        onClick={openMenu}
      >
        <LabIcon.resolveReact icon={ellipsesIcon} tag="span" />
      </button>
    </span>
  );
}
