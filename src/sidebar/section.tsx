// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PanelWithToolbar, ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import type { JSX } from 'react';

import { lazily } from '../components';
import { TransContext } from '../hooks';
import type { IListQuery, IResource, IResourceListProps } from '../resources';
import type { ISidebar, ISidebarSection } from './tokens';

/** How a kind of resource is shown in the sidebar. */
export interface IResourceSectionOptions<T extends IResource, Q extends IListQuery> extends Pick<
  ISidebarSection,
  'id' | 'rank' | 'open' | 'create'
> {
  title: string;
  trans: TranslationBundle;
  /** Shown at the right of the title; by default the number of rows. */
  summary?: JSX.Element;
  /** Import what the section lists: JupyterLab starts without it. */
  load: () => Promise<IResourceListProps<T, Q>>;
}

/** Create a section that lists a kind of resource. */
export function makeResourceSection<T extends IResource, Q extends IListQuery>(
  sidebar: ISidebar,
  { id, rank, open, create, title, trans, summary, load }: IResourceSectionOptions<T, Q>
): ISidebarSection {
  const loaded = once(async () => {
    const [list, { ResourceList }, { Count }] = await Promise.all([
      load(),
      import('../resources/ResourceList'),
      import('./Count')
    ]);
    const { rows, kind } = list;
    const filter = (text: string): void => rows.setQuery((text && sidebar.applies(kind) ? { filter: text } : {}) as Q);
    filter(sidebar.filter);
    sidebar.filterChanged.connect((_, text) => filter(text), panel);
    panel.disposed.connect(() => rows.dispose());
    if (panel.isDisposed) rows.dispose();
    return { rows, body: <ResourceList {...list} />, count: <Count rows={rows}>{summary}</Count> };
  });
  const Body = lazily(async () => {
    const { body } = await loaded();
    return () => body;
  });
  const Summary = lazily(async () => {
    const { count } = await loaded();
    return () => count;
  });
  const panel = makeSection({ title, trans, body: <Body />, summary: <Summary /> });
  // the number of rows is visible while the section is collapsed; the body reports errors
  const showCount = (): void =>
    void loaded().then(
      ({ rows }) => rows.show(0, 0),
      () => undefined
    );
  if (!summary) sidebar.shown.connect(showCount, panel);
  return { id, rank, panel, open, create };
}

/** Return a function that calls `load` the first time, and returns the same promise afterwards. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => (loading ??= load());
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
