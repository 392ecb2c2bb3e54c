// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { InputDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { ServerConnection } from '@jupyterlab/services';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

/**
 * Save what a job has made among the reader's files, where and under the name that they say, and open that.
 * Nothing is written over; what is open is saved as it is seen.
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

/** Ask for a path at which there is nothing. */
async function choose(
  contents: Contents.IManager,
  suggested: string,
  trans: TranslationBundle
): Promise<string | null> {
  let label = trans.__('Folder and name, from the top of the file browser');
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
        ? trans.__('There is no folder %1: choose another one', PathExt.dirname(path))
        : trans.__('There is a file %1 already: choose another name', path);
  }
}

/** The path itself, or the first of `NAME-1`, `NAME-2`, … at which there is nothing; null where its folder is not. */
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

/** What is open and was changed, as it is seen; else what there is, exactly. */
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
