// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { ApiError, FilterCheck, RecentWorkspace, WorkspaceInfo } from '../api';
import type { ILinkTarget } from '../resources';

/** The workspace of the server. */
export interface IWorkspaceManager extends IDisposable {
  /** Null until the first response. */
  readonly workspace: WorkspaceInfo | null;
  readonly error: ApiError | null;
  /** Whether changes are pushed; otherwise visible data is polled. */
  readonly live: boolean;
  /** Emitted when any of these properties has changed. */
  readonly changed: ISignal<IWorkspaceManager, void>;
  /** Emitted with the previous workspace when the server shows another one, also if it was not connected meanwhile. */
  readonly switched: ISignal<IWorkspaceManager, WorkspaceInfo>;
  /** Return how the part of a filter before the cursor can be completed, and what is wrong with the filter. */
  checkFilter(filter: string, before: string): Promise<FilterCheck>;
  /** Return the workspaces that the user may switch to, without the current one. */
  others(): Promise<RecentWorkspace[]>;
  /** Fetch all visible data again. */
  refresh(): void;
}

export const IWorkspaceManager = new Token<IWorkspaceManager>(
  'jupyter-ml:IWorkspaceManager',
  'The workspace of the server: its name, its directory, the number of jobs by state.'
);

/** Links to what panels show, e.g. `job/NAME`. */
export interface ILinks {
  /** Whether panels can be added to the main area, as in JupyterLab; a page of Jupyter Notebook has one document. */
  readonly hasTabs: boolean;
  /** The link of the row or tab under the context menu. */
  readonly clicked: string | undefined;
  /** Define how the links of a kind are opened. */
  add(kind: string, target: ILinkTarget): void;
  target(kind: string): ILinkTarget | undefined;
  /** Return the URL of a link. */
  url(link: string): string;
  /** Copy the URL of a link. */
  copy(link: string): void;
  /** Open a link in JupyterLab, in another tab of the browser, if this page has no tabs; return whether it has none. */
  leave(link: string): boolean;
}

export const ILinks = new Token<ILinks>(
  'jupyter-ml:ILinks',
  'Links to jobs, experiments and comparisons. A kind of resource defines how its links are opened.'
);
