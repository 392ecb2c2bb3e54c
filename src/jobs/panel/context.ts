// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { CommandRegistry } from '@lumino/commands';
import { createContext, useContext } from 'react';

/** Services of the application that the panel of a job uses. */
export interface IJobTools {
  rendermime: IRenderMimeRegistry;
  commands: CommandRegistry;
  /** For syntax highlighting. */
  languages: IEditorLanguageRegistry | null;
  /** Open the source notebook in its current version, at a cell. */
  openSource:
    ((path: string, jobName: string, cell?: { index: number; id: string | null; source: string }) => void) | null;
  /** Open a document of a job. */
  open: (path: string) => void;
}

export const ToolsContext = createContext<IJobTools | null>(null);

export function useTools(): IJobTools {
  const tools = useContext(ToolsContext);
  if (!tools) throw new Error('ToolsContext.Provider is missing');
  return tools;
}
