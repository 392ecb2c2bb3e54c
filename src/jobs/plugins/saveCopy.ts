// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { InputDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { ServerConnection } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Save a copy of a job's file at a path that the user chooses, and open it. Existing files are not overwritten; unsaved
 * changes of an open document are included.
 */
export async function saveCopy(
  source: string,
  folder: string,
  documents: IDocumentManager,
  trans: TranslationBundle
): Promise<void> {
  const { contents } = documents.services;
  const path = await choose(contents, PathExt.join(folder, PathExt.basename(contents.localPath(source))), trans);
  if (path === null) return;
  await contents.save(path, await read(source, documents));
  documents.openOrReveal(path);
}

/** Ask for a path that is not in use. */
async function choose(
  contents: Contents.IManager,
  suggested: string,
  trans: TranslationBundle
): Promise<string | null> {
  let label = trans.__('Path, relative to the root of the file browser');
  for (let text = (await free(contents, suggested)) ?? suggested; ;) {
    const answer = await InputDialog.getText({
      title: trans.__('Save a Copy'),
      label,
      text,
      okLabel: trans.__('Save')
    });
    const path = PathExt.removeSlash(PathExt.normalize(answer.value?.trim() ?? ''));
    if (!answer.button.accept || !path) return null;
    const found = await free(contents, path);
    if (found === path) return path;
    text = found ?? path;
    label =
      found === null
        ? trans.__('The folder %1 does not exist. Choose another one.', PathExt.dirname(path))
        : trans.__('The file %1 exists already. Choose another name.', path);
  }
}

/** Return the path, or the first of `NAME-1`, `NAME-2`, … that is not in use; null if its folder does not exist. */
async function free(contents: Contents.IManager, path: string): Promise<string | null> {
  const folder = await contents.get(PathExt.dirname(path), { type: 'directory', content: true }).catch(absent);
  if (!folder) return null;
  const taken = new Set((folder.content as Contents.IModel[]).map(({ name }) => name));
  const extension = PathExt.extname(path);
  const stem = path.slice(0, path.length - extension.length);
  let found = path;
  for (let count = 1; taken.has(PathExt.basename(found)); count++) found = `${stem}-${count}${extension}`;
  return found;
}

function absent(reason: unknown): null {
  if (reason instanceof ServerConnection.ResponseError && reason.response.status === 404) return null;
  throw reason;
}

/** Return the content of an open document with its unsaved changes, or of the file. */
async function read(
  source: string,
  documents: IDocumentManager
): Promise<Pick<Contents.IModel, 'type' | 'format' | 'content'>> {
  const widget = documents.findWidget(source, null);
  const context = widget && documents.contextForWidget(widget);
  if (context?.model.dirty) return { type: 'file', format: 'text', content: context.model.toString() };
  const model = await documents.services.contents.get(source, { type: 'file', format: 'base64', content: true });
  return { type: 'file', format: 'base64', content: model.content as string };
}
