// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IStateDB } from '@jupyterlab/statedb';
import type { ISignal } from '@lumino/signaling';

import type { Job } from '../../api';
import type { IJobManager } from '../tokens';

/** What to run: a notebook, of which cells can be selected by their IDs, a script, a job file, or a job to rerun. */
export type IFormSource = { path: string; cells?: string[] } | { job: string };

/** The notebooks that are open in JupyterLab. */
export interface IOpenNotebooks {
  /** Emitted when another cell is selected. */
  readonly changed: ISignal<unknown, unknown>;
  open(path: string): void;
  /** Return the source of the selected code cell; null if there is none, or the notebook is not open. */
  selectedCell(path: string): string | null;
  /** Mark the selected cell as the one that contains the parameters, and save the notebook. */
  markSelectedCell(path: string): Promise<void>;
}

/** Services that a form uses. */
export interface IFormTools {
  jobs: IJobManager;
  /** Stores the last values for each notebook. */
  state: IStateDB | null;
  notebooks: IOpenNotebooks | null;
  /** Ensure that a file is saved; false if the user cancels. */
  saved: (path: string) => Promise<boolean>;
  /** Called with the submitted job. */
  done: (job: Job) => void;
}
