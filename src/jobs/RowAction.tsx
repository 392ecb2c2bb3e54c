// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { LabIcon, refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import type { JSX, MouseEvent } from 'react';

import type { Job } from '../api';
import { useTrans } from '../hooks';
import type { ICommands } from '../resources';
import { JobCommands } from './commands';

/**
 * The action of a row that the pointer is on: cancel the job, or run it again. It is hidden from the keyboard and from
 * screen readers, which have the context menu and shortcuts: an option of a list cannot contain a button.
 */
export function RowAction({ job, commands }: { job: Job; commands: ICommands }): JSX.Element | null {
  const trans = useTrans();
  const args = { names: [job.name] };
  const isEnabled = (id: string): boolean => commands.registry.hasCommand(id) && commands.registry.isEnabled(id, args);
  const cancels = isEnabled(JobCommands.cancel);
  if (!cancels && !isEnabled(JobCommands.rerun)) return null;
  const stay = (event: MouseEvent): void => event.stopPropagation(); // neither select nor open the row
  const run = (event: MouseEvent): void => {
    stay(event);
    commands.execute(cancels ? JobCommands.cancel : JobCommands.rerun, args);
  };
  return (
    <span
      className="jp-MLRow-action"
      aria-hidden
      title={cancels ? trans.__('Cancel') : trans.__('Run again')}
      onMouseDown={stay}
      onDoubleClick={stay}
      onClick={run}
    >
      <LabIcon.resolveReact icon={cancels ? stopIcon : refreshIcon} tag="span" />
    </span>
  );
}
