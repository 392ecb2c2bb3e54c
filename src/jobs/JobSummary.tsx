// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { formatCount } from '../components';
import { useTrans, useVersion } from '../hooks';
import type { IWorkspaceManager } from '../workspace';
import { countStates } from './state';

/** The number of running or queued jobs, or of all jobs. */
export function JobSummary({ manager }: { manager: IWorkspaceManager }): JSX.Element {
  const trans = useTrans();
  useVersion(manager.changed);
  const { running, queued, all } = countStates(manager.workspace?.jobs ?? {});
  const active = [
    running > 0 && trans.__('%1 running', formatCount(running)),
    queued > 0 && trans.__('%1 queued', formatCount(queued))
  ].filter(Boolean);
  const text = active.length ? active.join(', ') : all ? formatCount(all) : '';
  return <span className="jp-MLSection-summary">{text}</span>;
}
