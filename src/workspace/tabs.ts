// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { WorkspaceInfo } from '../api';
import { visible } from '../components';
import type { ICommands } from '../resources';
import { WorkspaceCommands } from './commands';
import { findMissing, resolve } from './openLink';
import type { ILinks } from './tokens';

const SHOWN_MS = 15_000;

/** Report that panels of the previous workspace were closed, and offer to go back to it. */
export function reportClosed(
  count: number,
  previous: WorkspaceInfo,
  current: WorkspaceInfo,
  commands: Pick<ICommands, 'execute'>,
  trans: TranslationBundle
): void {
  const text = trans._n(
    'The server shows the workspace %2 now. %1 tab of the workspace %3 was closed, and opens again with it.',
    'The server shows the workspace %2 now. %1 tabs of the workspace %3 were closed, and open again with it.',
    count,
    visible(current.name),
    visible(previous.name)
  );
  const callback = (): void => commands.execute(WorkspaceCommands.switch, { folder: previous.folder });
  Notification.info(text, { autoClose: SHOWN_MS, actions: [{ label: trans.__('Switch Back'), callback }] });
}

/** Open panels that were closed with their workspace, unless what they show was deleted meanwhile. */
export async function reopen(closed: readonly string[], links: Pick<ILinks, 'target'>): Promise<void> {
  for (const link of closed) {
    const found = resolve(link, links);
    if (found && (await findMissing(found.names, found.target.get)) === null) found.target.open(found.names);
  }
}
