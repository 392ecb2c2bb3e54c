// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { visible } from '../../components';

/** A cell of a notebook as it was submitted. */
export interface ICellReference {
  /** Index in the submitted notebook. */
  index: number;
  /** Null in notebooks whose format is older than 4.5. */
  id: string | null;
  source: string;
}

/** Where a cell is now. */
export interface IFoundCell {
  index: number;
  /** Whether it was changed, or removed: then the index is where it was. */
  state: 'unchanged' | 'changed' | 'removed';
}

/** Find a cell in the current version of its notebook: by its ID, or else the nearest one with the same source. */
export function findCell(cells: readonly Pick<ICellReference, 'id' | 'source'>[], cell: ICellReference): IFoundCell {
  const isSame = ({ source }: { source: string }): boolean => source.trim() === cell.source.trim();
  const byId = cell.id === null ? -1 : cells.findIndex(({ id }) => id === cell.id);
  if (byId >= 0) return { index: byId, state: isSame(cells[byId]) ? 'unchanged' : 'changed' };
  const same = cells.flatMap((each, at) => (isSame(each) ? [at] : []));
  const nearest = same.sort((left, right) => Math.abs(left - cell.index) - Math.abs(right - cell.index)).at(0);
  if (nearest !== undefined) return { index: nearest, state: 'unchanged' };
  return { index: Math.min(cell.index, cells.length - 1), state: 'removed' };
}

/** Open a notebook at a cell, and focus the cell's editor; notify if it is not what ran. */
export async function openCell(
  path: string,
  cell: ICellReference,
  documents: IDocumentManager,
  trans: TranslationBundle
): Promise<void> {
  const panel = documents.openOrReveal(path) as NotebookPanel | undefined;
  if (!panel) return;
  await panel.revealed;
  const { content } = panel;
  const cells = content.widgets.map(({ model }) => ({ id: model.id, source: model.sharedModel.getSource() }));
  const { index, state } = findCell(cells, cell);
  content.activeCellIndex = index;
  await content.scrollToItem(index, 'smart');
  await content.activeCell?.ready;
  content.mode = 'edit';
  content.activeCell?.editor?.focus();
  const name = visible(PathExt.basename(path));
  if (state === 'changed') Notification.info(trans.__('This cell of %1 has changed since the job.', name));
  if (state === 'removed') {
    Notification.info(trans.__('%1 does not have the cell any more. This is where it was.', name));
  }
}
