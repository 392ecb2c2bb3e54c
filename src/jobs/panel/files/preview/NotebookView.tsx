// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ICell, INotebookContent, IOutput } from '@jupyterlab/nbformat';
import { useMemo } from 'react';
import type { JSX } from 'react';

import { Notice } from '../../../../components';
import { useTrans } from '../../../../hooks';
import { Mime } from '../../Mime';
import { OutputView } from '../../notebook/OutputView';
import { Source } from '../../Source';

const MAX_CELLS = 500;

/** A notebook file, rendered by JupyterLab as untrusted. */
export function NotebookView({ notebook }: { notebook: INotebookContent }): JSX.Element {
  const trans = useTrans();
  const language = languageOf(notebook);
  return (
    <div className="jp-MLPreview" tabIndex={0}>
      {notebook.cells.slice(0, MAX_CELLS).map((cell, index) => (
        <Cell key={index} cell={cell} language={language} />
      ))}
      {notebook.cells.length > MAX_CELLS && (
        <Notice>{trans.__('Only the first %1 cells are shown.', MAX_CELLS)}</Notice>
      )}
    </div>
  );
}

function Cell({ cell, language }: { cell: ICell; language: string }): JSX.Element {
  const source = Array.isArray(cell.source) ? cell.source.join('') : cell.source;
  const entries = useMemo(
    () => (Array.isArray(cell.outputs) ? (cell.outputs as IOutput[]).map(output => ({ output, displayId: null })) : []),
    [cell]
  );
  return (
    <section className={`jp-MLCell jp-mod-${cell.cell_type}`}>
      <div className="jp-MLCell-input">
        <div className="jp-MLCell-prompt">
          {cell.cell_type === 'code' && `[${typeof cell.execution_count === 'number' ? cell.execution_count : ' '}]:`}
        </div>
        {cell.cell_type === 'markdown' ? (
          <Mime type="text/markdown" data={source} />
        ) : (
          <Source code={source} language={cell.cell_type === 'code' ? language : 'text'} />
        )}
      </div>
      {entries.length > 0 && <OutputView entries={entries} whole={false} />}
    </section>
  );
}

function languageOf({ metadata }: INotebookContent): string {
  const language = metadata?.kernelspec?.language ?? metadata?.language_info?.name;
  return typeof language === 'string' ? language : 'python';
}
