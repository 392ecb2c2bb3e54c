// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api';
import type { WorkspaceInfo } from '../api';
import { visible } from '../components';
import type { ICommands, ILinkTarget } from '../resources';
import { WorkspaceCommands } from './commands';
import { labelOf } from './labels';
import { PARAMETER } from './links';
import type { ILinks } from './tokens';

/** Open what the link in the query of a URL leads to, or explain why that is not possible. */
export async function openLink(
  search: string,
  links: Pick<ILinks, 'target'>,
  workspace: () => Promise<WorkspaceInfo>,
  commands: Pick<ICommands, 'execute'>,
  trans: TranslationBundle
): Promise<void> {
  history.replaceState(history.state, '', withoutLink(location.href)); // a reload does not open it again
  const link = new URLSearchParams(search).get(PARAMETER) ?? '';
  const found = resolve(link, links);
  if (!found) {
    throw new Error(
      trans.__('This link cannot be opened: “%1” is not a job, experiment or comparison.', visible(link))
    );
  }
  const { target, names } = found;
  const missing = await findMissing(names, target.get);
  if (missing === null) return target.open(names);
  const { name: title, folder } = await workspace();
  const answer = await showDialog({
    title: trans.__('Not Found'),
    body: trans.__(
      '“%1” is not in the workspace that this server shows, %2. It was deleted, or it is in another workspace.',
      visible(missing),
      labelOf(title, folder)
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Close') }),
      Dialog.okButton({ label: trans.__('Switch Workspace…') })
    ]
  });
  if (answer.button.accept) commands.execute(WorkspaceCommands.switch);
}

/** Return what opens a link, and its names; undefined if it is not a link. */
export function resolve(
  link: string,
  links: Pick<ILinks, 'target'>
): { target: ILinkTarget; names: string[] } | undefined {
  const [, kind, name] = /^([a-z]+)\/(.+)$/s.exec(link) ?? [];
  const target = kind ? links.target(kind) : undefined;
  return target && { target, names: target.several ? name.split(',') : [name] };
}

/** Return the first name that does not exist; null if all exist. */
export async function findMissing(
  names: readonly string[],
  get: (name: string) => Promise<unknown>
): Promise<string | null> {
  for (const name of names) {
    try {
      await get(name);
    } catch (reason) {
      if (ApiError.from(reason).status === 404) return name;
      throw reason;
    }
  }
  return null;
}

function withoutLink(href: string): string {
  const url = new URL(href);
  url.searchParams.delete(PARAMETER);
  return url.href;
}
