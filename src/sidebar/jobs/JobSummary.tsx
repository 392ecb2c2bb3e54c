// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useTrans, useVersion } from '../../hooks';
import type { IWorkspaceManager } from '../../managers';
import { formatCount, countShapes } from '../../components';

/** How many jobs run, or wait; when none does, how many there are. */
export function JobSummary({ manager }: { manager: IWorkspaceManager }): JSX.Element {
  const trans = useTrans();
  useVersion(manager.changed);
  const { running, queued, all } = countShapes(manager.workspace?.jobs ?? {});
  const text = running
    ? trans.__('%1 running', formatCount(running))
    : queued
      ? trans.__('%1 queued', formatCount(queued))
      : all
        ? formatCount(all)
        : '';
  return <span className="jp-MLSection-summary">{text}</span>;
}
