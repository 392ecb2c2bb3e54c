// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { PanelWithToolbar } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

/** A part of the sidebar: things of one noun. */
export interface ISidebarSection {
  /** A word that stays the same, as `jobs`: what is remembered of the section is kept under it. */
  id: string;
  /** Lower ranks come first. */
  rank: number;
  /** Its rows; the title is the panel's, and what stands at the title's right end is its toolbar. */
  panel: PanelWithToolbar;
  /** Whether it is open when it is seen for the first time. */
  open?: boolean;
}

/** The panel at the left that shows the workspace. Each noun adds its own section. */
export interface ISidebar {
  /** What the reader typed into the one filter of all sections. */
  readonly filter: string;
  readonly filterChanged: ISignal<ISidebar, string>;
  /** Emitted when the sidebar comes into view: nothing needs to be fetched before. */
  readonly shown: ISignal<ISidebar, void>;
  setFilter(filter: string): void;
  /** Add a section; disposing takes it out again. */
  add(section: ISidebarSection): IDisposable;
}

export const ISidebar = new Token<ISidebar>(
  'jupyter-ml:ISidebar',
  'The panel at the left that shows the workspace: a registry of sections, and one filter for all of them.'
);
