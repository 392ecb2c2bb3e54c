// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ISignal } from '@lumino/signaling';

import type { IOpenNotebooks } from '../form';
import { markParameters } from '../parameters';

/** The notebooks that are open, for forms. */
export class OpenNotebooks implements IOpenNotebooks {
  constructor(
    private readonly _tracker: INotebookTracker,
    private readonly _documents: IDocumentManager
  ) {}

  get changed(): ISignal<unknown, unknown> {
    return this._tracker.activeCellChanged;
  }

  open(path: string): void {
    this._documents.openOrReveal(path);
  }

  selectedCell(path: string): string | null {
    const cell = this._find(path)?.content.activeCell;
    return cell?.model.type === 'code' ? cell.model.sharedModel.getSource() : null;
  }

  async markSelectedCell(path: string): Promise<void> {
    const panel = this._find(path);
    const cell = panel?.content.activeCell;
    if (!panel || !cell) return;
    markParameters(
      panel.content.widgets.map(({ model }) => model),
      cell.model
    );
    await panel.context.save();
  }

  private _find(path: string): NotebookPanel | undefined {
    return this._tracker.find(({ context }) => context.path === path);
  }
}
