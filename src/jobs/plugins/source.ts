// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';

/** A cell of a notebook as it was submitted. */
export interface ICellReference {
  /** Index in the submitted notebook. */
  index: number;
  source: string;
}

/**
 * Return the index of a cell in the current version of its notebook: of the nearest cell with the same source, or at the
 * same position if the cell was changed.
 */
export function findCell(sources: readonly string[], { index, source }: ICellReference): number {
  const same = sources.flatMap((each, at) => (each.trim() === source.trim() ? [at] : []));
  const nearest = same.sort((left, right) => Math.abs(left - index) - Math.abs(right - index)).at(0);
  return nearest ?? Math.min(index, sources.length - 1);
}

/** Open a notebook at a cell, and focus the cell's editor. */
export async function openCell(path: string, cell: ICellReference, documents: IDocumentManager): Promise<void> {
  const panel = documents.openOrReveal(path) as NotebookPanel | undefined;
  if (!panel) return;
  await panel.revealed;
  const { content } = panel;
  const index = findCell(
    content.widgets.map(({ model }) => model.sharedModel.getSource()),
    cell
  );
  content.activeCellIndex = index;
  await content.scrollToItem(index, 'smart');
  await content.activeCell?.ready;
  content.mode = 'edit';
  content.activeCell?.editor?.focus();
}
