// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { CommandRegistry } from '@lumino/commands';
import { createContext, useContext } from 'react';

/** What a job's panel takes from the application. */
export interface IJobTools {
  rendermime: IRenderMimeRegistry;
  commands: CommandRegistry;
  /** For colours in source code. */
  languages: IEditorLanguageRegistry | null;
  /** Open the notebook that a job ran, as it is now. */
  openSource: ((path: string, jobName: string) => void) | null;
  /** Open a document of a job. */
  open: (path: string) => void;
}

export const ToolsContext = createContext<IJobTools | null>(null);

export function useTools(): IJobTools {
  const tools = useContext(ToolsContext);
  if (!tools) throw new Error('there is no ToolsContext.Provider around this');
  return tools;
}
