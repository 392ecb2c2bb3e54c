// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PanelWithToolbar, ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import type { JSX } from 'react';

import { lazily } from '../components';
import { TransContext } from '../hooks';
import type { IListQuery, IResource, IResourceListProps, ResourceList as List } from '../resources';
import type { ISidebar, ISidebarSection } from './tokens';

const Count = lazily(async () => (await import('./Count')).Count);
const ResourceList = lazily(async () => (await import('../resources/ResourceList')).ResourceList) as typeof List;

/** How a kind of resource is shown in the sidebar. */
export interface IResourceSectionOptions<T extends IResource, Q extends IListQuery>
  extends IResourceListProps<T, Q>, Pick<ISidebarSection, 'id' | 'rank' | 'open' | 'create'> {
  trans: TranslationBundle;
  /** Shown at the right of the title; by default the number of rows. */
  summary?: JSX.Element;
}

/** Create a section that lists a kind of resource. */
export function makeResourceSection<T extends IResource, Q extends IListQuery>(
  sidebar: ISidebar,
  { id, rank, open, create, trans, summary, ...list }: IResourceSectionOptions<T, Q>
): ISidebarSection {
  const { rows, title, kind } = list;
  const panel = makeSection({
    title,
    trans,
    body: <ResourceList {...list} />,
    summary: <Count rows={rows}>{summary}</Count>
  });
  sidebar.filterChanged.connect(
    (_, filter) => rows.setQuery((filter && sidebar.applies(kind) ? { filter } : {}) as Q),
    panel
  );
  // the number of rows is visible while the section is collapsed
  if (!summary) sidebar.shown.connect(() => rows.show(0, 0), panel);
  panel.disposed.connect(() => rows.dispose());
  return { id, rank, panel, open, create };
}

/** Options of makeSection. */
export interface ISectionOptions {
  title: string;
  trans: TranslationBundle;
  body: JSX.Element;
  /** Shown at the right of the title. */
  summary?: JSX.Element;
  /** Toolbar buttons, after the summary. */
  buttons?: readonly Widget[];
}

/** Create a panel for the sidebar from React elements. */
export function makeSection({ title, trans, body, summary, buttons = [] }: ISectionOptions): PanelWithToolbar {
  const react = (element: JSX.Element): ReactWidget =>
    ReactWidget.create(<TransContext.Provider value={trans}>{element}</TransContext.Provider>);
  const panel = new PanelWithToolbar();
  panel.addClass('jp-MLSection');
  panel.title.label = title;
  panel.addWidget(react(body));
  panel.toolbar.addClass('jp-MLSection-toolbar');
  panel.toolbar.node.setAttribute('aria-label', trans.__('%1: overview', title));
  if (summary) panel.toolbar.addItem('summary', react(summary));
  buttons.forEach((button, index) => panel.toolbar.addItem(`button-${index}`, button));
  return panel;
}
