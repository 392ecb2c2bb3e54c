// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { formatCount } from '../components';
import { useTrans, useVersion } from '../hooks';
import type { IWorkspaceManager } from '../workspace';
import { countStates } from './state';
import { StateIcon } from './StateIcon';

/** The number of running and queued jobs, for the status bar. */
export function JobCounts(props: { manager: IWorkspaceManager; onClick: () => void }): JSX.Element {
  const trans = useTrans();
  useVersion(props.manager.changed);
  const { running, queued } = countStates(props.manager.workspace?.jobs ?? {});
  const text = trans.__('%1 running, %2 queued', formatCount(running), formatCount(queued));
  const known = props.manager.error === null;
  return (
    <button
      className={`jp-MLJobCounts${known ? '' : ' jp-mod-stale'}`}
      title={known ? trans.__('Jobs: %1', text) : trans.__('Jobs at the last update: %1', text)}
      aria-label={text}
      onClick={props.onClick}
    >
      {running > 0 && (
        <>
          <StateIcon state="Running" />
          {formatCount(running)}
        </>
      )}
      {queued > 0 && (
        <>
          <StateIcon state="Queued" />
          {formatCount(queued)}
        </>
      )}
    </button>
  );
}
