// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { PanelWithToolbar } from '@jupyterlab/ui-components';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

/** A section of the sidebar, for one kind of resource. */
export interface ISidebarSection {
  /** A stable identifier, e.g. `jobs`, under which the layout is stored. */
  id: string;
  /** Lower ranks come first. */
  rank: number;
  /** The title is the section's title, the toolbar is shown at its right. */
  panel: PanelWithToolbar;
  /** Whether it is initially expanded. */
  open?: boolean;
  /** The ID of a command that creates a resource, for the button in the sidebar's header. */
  create?: string;
}

/** The filters that a user has saved. */
export interface ISavedFilters {
  readonly all: readonly string[];
  readonly changed: ISignal<ISavedFilters, void>;
  readonly canSave: boolean;
  /** Save a filter, or remove it if it is saved. */
  toggle(filter: string): Promise<void>;
}

/** Lists that a filter applies to. */
export interface IFiltered {
  /** The text of the filter. */
  readonly filter: string;
  readonly filterChanged: ISignal<IFiltered, string>;
  /**
   * Set the filter.
   *
   * @param kinds - The kinds that it applies to, as the server determines; only jobs at first.
   */
  setFilter(filter: string, kinds?: readonly string[]): void;
}

/** The left panel. Each kind of resource adds a section, and all sections share the filter. */
export interface ISidebar extends IFiltered {
  readonly saved: ISavedFilters;
  /** Emitted when the sidebar becomes visible: nothing needs to be fetched before. */
  readonly shown: ISignal<ISidebar, void>;
  readonly sections: readonly ISidebarSection[];
  readonly sectionsChanged: ISignal<ISidebar, void>;
  /** Whether the filter applies to a kind of resource: `alpha=0.1` does not apply to experiments. */
  applies(kind: string): boolean;
  /** Add a section; dispose the result to remove it. */
  add(section: ISidebarSection): IDisposable;
}

export const ISidebar = new Token<ISidebar>(
  'jupyter-ml:ISidebar',
  'The left panel: a registry of sections with a common filter.'
);
