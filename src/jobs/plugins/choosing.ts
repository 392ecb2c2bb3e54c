// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

/** Ask for a notebook. */
export async function choose(
  manager: IDocumentManager,
  folder: string | undefined,
  translator: ITranslator,
  trans: TranslationBundle
): Promise<string | undefined> {
  const title = trans.__('Select a Notebook');
  const answer = await FileDialog.getOpenFiles({
    manager,
    translator,
    title,
    defaultPath: folder,
    filter: ({ type }) => (type === 'notebook' || type === 'directory' ? {} : null)
  });
  return answer.button.accept ? answer.value?.find(({ type }) => type === 'notebook')?.path : undefined;
}
