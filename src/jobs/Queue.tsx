// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { formatCount } from '../components';
import { useTrans, useVersion } from '../hooks';
import type { ICommands } from '../resources';
import { JobCommands } from './commands';
import { FEW } from './rows';
import type { JobRows } from './rows';

/** How many jobs wait, if not all of them are shown, and buttons to show and to cancel them. */
export function Queue({ rows, commands }: { rows: JobRows; commands: ICommands }): JSX.Element | null {
  const trans = useTrans();
  useVersion(rows.changed);
  const { queued, expanded } = rows;
  if (queued <= FEW) return null;
  return (
    <div className="jp-MLQueue" role="status">
      <span>{trans.__('%1 queued', formatCount(queued))}</span>
      <button className="jp-MLNotice-action" onClick={() => rows.setExpanded(!expanded)}>
        {expanded ? trans.__('Show fewer') : trans.__('Show all')}
      </button>
      <button className="jp-MLNotice-action" onClick={() => commands.execute(JobCommands.cancelQueued)}>
        {trans.__('Cancel all')}
      </button>
    </div>
  );
}
