// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { ApiError, FilterCheck, WorkspaceInfo } from '../api';

/** The workspace of the server. */
export interface IWorkspaceManager extends IDisposable {
  /** Null until the first response. */
  readonly workspace: WorkspaceInfo | null;
  readonly error: ApiError | null;
  /** Whether changes are pushed; otherwise visible data is polled. */
  readonly live: boolean;
  /** Emitted when any of these properties has changed. */
  readonly changed: ISignal<IWorkspaceManager, void>;
  /** Return how the part of a filter before the cursor can be completed, and what is wrong with the filter. */
  checkFilter(filter: string, before: string): Promise<FilterCheck>;
  /** Fetch all visible data again. */
  refresh(): void;
}

export const IWorkspaceManager = new Token<IWorkspaceManager>(
  'jupyter-ml:IWorkspaceManager',
  'The workspace of the server: its name, its directory, the number of jobs by state.'
);
