// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api';
import type { ApiClient, RecentWorkspace } from '../api';
import { visible } from '../components';
import { labelOf } from './labels';
import type { IWorkspaceManager } from './tokens';

/** Services that the switcher uses. */
export interface ISwitcherTools {
  api: ApiClient;
  documents: IDocumentManager;
  translator: ITranslator;
  trans: TranslationBundle;
}

/** Show a workspace, which the user is asked for by default. */
export async function switchTo(
  folder: string | undefined,
  manager: IWorkspaceManager,
  tools: ISwitcherTools
): Promise<void> {
  if (folder === undefined) await chooseWorkspace(tools, await manager.others());
  else if (folder !== manager.workspace?.folder) await showWorkspace(tools.api, folder);
}

/** Ask for one of the recent workspaces, and show it. */
export async function chooseWorkspace(tools: ISwitcherTools, others: readonly RecentWorkspace[]): Promise<void> {
  const { api, trans } = tools;
  const labels = others.map(({ name, folder }) => labelOf(name, folder));
  const answer = await InputDialog.getItem({
    title: trans.__('Switch Workspace'),
    label: trans.__('The workspace to show in all browsers that use this server:'),
    items: [...labels, trans.__('Open a folder…')],
    okLabel: trans.__('Switch')
  });
  if (!answer.button.accept || answer.value === null) return;
  const chosen = others.at(labels.indexOf(answer.value));
  if (chosen && labels.includes(answer.value)) await showWorkspace(api, chosen.folder);
  else await openFolder(tools);
}

/** Ask for a folder, and show its workspace, which is created if the user wants that. */
export async function openFolder({ api, documents, translator, trans }: ISwitcherTools): Promise<void> {
  const title = trans.__('Select the Folder of a Workspace');
  const { button, value } = await FileDialog.getExistingDirectory({ manager: documents, translator, title });
  if (!button.accept || !value?.length) return;
  const folder = value[0].path || '.';
  try {
    await showWorkspace(api, folder);
  } catch (reason) {
    if (ApiError.from(reason).status !== 404) throw reason;
    const answer = await showDialog({
      title: trans.__('Create a Workspace?'),
      body: trans.__(
        'There is no workspace in “%1”. A new one is stored in its directory “.jupyter-ml”.',
        visible(folder === '.' ? '/' : folder)
      ),
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Create') })]
    });
    if (answer.button.accept) await showWorkspace(api, folder, true);
  }
}

/** Make the server show another workspace, and notify all its clients. */
async function showWorkspace(api: ApiClient, folder: string, create = false): Promise<void> {
  await api.post('/workspace', { body: { folder, create } });
}
