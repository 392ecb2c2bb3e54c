// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

/** Services that the dialog uses. */
export interface IChoosingTools {
  documents: IDocumentManager;
  translator: ITranslator;
  trans: TranslationBundle;
}

/** Ask for a file or a directory; undefined if the user cancels that. */
export async function choosePath(
  folder: boolean,
  { documents, translator, trans }: IChoosingTools,
  defaultPath: string | undefined
): Promise<string | undefined> {
  const options = { manager: documents, translator, defaultPath };
  const { button, value } = folder
    ? await FileDialog.getExistingDirectory({ ...options, title: trans.__('Select a Folder') })
    : await FileDialog.getOpenFiles({ ...options, title: trans.__('Select a File') });
  return button.accept ? value?.at(0)?.path : undefined;
}
