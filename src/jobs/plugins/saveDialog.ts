// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Ask to save an open notebook if its unsaved changes would affect a job; return whether the job may run. */
export async function save(path: string, documents: IDocumentManager, trans: TranslationBundle): Promise<boolean> {
  const widget = documents.findWidget(path, null);
  const context = widget && documents.contextForWidget(widget);
  if (!context?.model.dirty || (await runsTheSame(context, documents))) return true;
  const name = PathExt.basename(path);
  const answer = await showDialog({
    title: trans.__('Save %1?', name),
    body: trans.__('It has unsaved changes. A job runs the saved version.'),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Save and Continue') })]
  });
  if (!answer.button.accept) return false;
  await context.save();
  return !context.model.dirty;
}

/** JupyterLab marks a notebook as changed as soon as its kernel is ready, or a cell has run. */
async function runsTheSame({ path, model }: DocumentRegistry.Context, documents: IDocumentManager): Promise<boolean> {
  try {
    const saved = await documents.services.contents.get(path, { type: 'notebook', content: true });
    return (
      executedParts(saved.content as INotebookContent) === executedParts(model.toJSON() as unknown as INotebookContent)
    );
  } catch {
    return false; // ask in case of doubt
  }
}

/** Return the parts of a notebook that affect a job, as text. */
function executedParts({ cells, metadata }: INotebookContent): string {
  const parts = cells.map(({ cell_type, source, metadata: { tags } }) => [
    cell_type,
    Array.isArray(source) ? source.join('') : source,
    tags ?? []
  ]);
  return JSON.stringify([parts, metadata.kernelspec?.name]);
}
