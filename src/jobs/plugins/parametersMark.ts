// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Throttler } from '@lumino/polling';

import { isParameters } from '../parameters';

const CLASS = 'jp-MLParametersCell';
const QUIET_MS = 200;

/** Mark the cell in the notebook, whenever the notebook has changed. */
export function show({ content, context, disposed }: NotebookPanel, label: string): void {
  const update = (): void => {
    for (const cell of content.widgets) {
      const marked = isParameters(cell.model);
      cell.toggleClass(CLASS, marked);
      if (marked) cell.node.dataset.mlParameters = label;
      else delete cell.node.dataset.mlParameters;
    }
  };
  const throttler = new Throttler(update, { limit: QUIET_MS, edge: 'trailing' });
  content.modelContentChanged.connect(() => void throttler.invoke());
  void context.ready.then(update);
  disposed.connect(() => throttler.dispose());
}
