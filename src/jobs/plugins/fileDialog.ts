// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { isRunnable } from '../runnable';

/** Ask for a notebook, script or job file. */
export async function choose(
  manager: IDocumentManager,
  folder: string | undefined,
  translator: ITranslator,
  trans: TranslationBundle
): Promise<string | undefined> {
  const title = trans.__('Select a Notebook, Script or Job File');
  const answer = await FileDialog.getOpenFiles({
    manager,
    translator,
    title,
    defaultPath: folder,
    filter: ({ type, path }) => (type === 'directory' || isRunnable(path) ? {} : null)
  });
  return answer.button.accept ? answer.value?.find(({ path }) => isRunnable(path))?.path : undefined;
}
