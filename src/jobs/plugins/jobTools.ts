// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { ICommands } from '../../resources';
import { contentsPath } from '../../workspace';
import type { IWorkspaceManager } from '../../workspace';
import { JobCommands } from '../commands';
import type { IJobTools } from '../panel/context';
import { openCell } from './source';

type Services = Pick<IJobTools, 'languages'> & {
  commands: ICommands;
  documents: IDocumentManager;
  rendermime: IRenderMimeRegistry;
  trans: TranslationBundle;
  workspace: IWorkspaceManager;
};

/** Return what a panel of a job needs of JupyterLab. */
export function jobTools(services: Services): IJobTools {
  const { commands, documents, languages, rendermime, trans, workspace } = services;
  return {
    rendermime,
    commands: commands.registry,
    languages,
    openSource: (path, name, cell) => {
      const file = contentsPath(workspace.workspace, path);
      if (file === null && path.endsWith('.ipynb')) commands.execute(JobCommands.openExecutedNotebook, { name });
      else if (file === null) {
        commands.execute(JobCommands.open, { name, tab: 'outputs' });
      } // has a copy of the code
      else if (cell) void openCell(file, cell, documents, trans);
      else documents.openOrReveal(file);
    },
    open: path => void documents.openOrReveal(path)
  };
}
