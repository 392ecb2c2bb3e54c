// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Save a notebook that is open and would run otherwise, after asking; whether its file is what the reader sees. */
export async function save(path: string, documents: IDocumentManager, trans: TranslationBundle): Promise<boolean> {
  const widget = documents.findWidget(path, null);
  const context = widget && documents.contextForWidget(widget);
  if (!context?.model.dirty || (await runsAsSaved(context, documents))) return true;
  const name = PathExt.basename(path);
  const answer = await showDialog({
    title: trans.__('Save %1?', name),
    body: trans.__('It has changes that are not saved. A job runs what is saved.'),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Save and Continue') })]
  });
  if (!answer.button.accept) return false;
  await context.save();
  return !context.model.dirty;
}

/** JupyterLab calls a notebook changed as soon as its kernel has told its version, or a cell has run. */
async function runsAsSaved({ path, model }: DocumentRegistry.Context, documents: IDocumentManager): Promise<boolean> {
  try {
    const saved = await documents.services.contents.get(path, { type: 'notebook', content: true });
    return whatRuns(saved.content as INotebookContent) === whatRuns(model.toJSON() as unknown as INotebookContent);
  } catch {
    return false; // it is asked for then
  }
}

/** What a job takes from a notebook, as text. */
function whatRuns({ cells, metadata }: INotebookContent): string {
  const parts = cells.map(({ cell_type, source, metadata: { tags } }) => [
    cell_type,
    Array.isArray(source) ? source.join('') : source,
    tags ?? []
  ]);
  return JSON.stringify([parts, metadata.kernelspec?.name]);
}
