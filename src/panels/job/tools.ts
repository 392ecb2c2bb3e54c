import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { CommandRegistry } from '@lumino/commands';
import { createContext, useContext } from 'react';

import type { JobFile } from '../../api';

/** What a job's panel takes from the application. */
export interface IJobTools {
  rendermime: IRenderMimeRegistry;
  commands: CommandRegistry;
  /** For colours in source code. */
  languages: IEditorLanguageRegistry | null;
  /** Open the notebook that a job ran, as it is now. */
  openSource: ((path: string, jobName: string) => void) | null;
  /** Save a file where the file browser shows it, and open it. */
  openCopy: (jobName: string, file: JobFile, content: Blob) => Promise<void>;
}

export const ToolsContext = createContext<IJobTools | null>(null);

export function useTools(): IJobTools {
  const tools = useContext(ToolsContext);
  if (!tools) throw new Error('there is no ToolsContext.Provider around this');
  return tools;
}
